import CleaveKernels
import Glibc

/// The target distributions of a batch's rows over its candidates. The teacher's probability outside its best tokens
/// is left out, and so is that of tokens which cannot be answered: a row counts as far as it is left.
struct TargetRows {
  /// Indices of candidates, `[rows, count]`.
  private let columns: [UInt32]
  /// The target of each of them, `[rows, count]`, summing to 1 or all 0.
  private let probabilities: [Float]
  /// The part of each row's target that can be answered; nil where all can.
  private let masses: [Float]?
  private let isAnswerable: [Bool]?
  private let weights: [Float]
  private let count: Int

  init(_ teacher: TeacherTargets, _ candidates: CandidateSet, _ settings: LossSettings) {
    columns = candidates.columns
    isAnswerable = candidates.isAnswerable
    weights = teacher.weights
    count = teacher.count
    var targets = Self.targets(teacher, share: Float(settings.answerShare))
    masses = candidates.isAnswerable.map { Self.restrict(&targets, to: $0, count: teacher.count) }
    probabilities = targets
  }

  /// The target distribution of each row over all of the teacher's best tokens, `[rows, count]`.
  private static func targets(_ teacher: TeacherTargets, share: Float) -> [Float] {
    let count = teacher.count
    var targets = [Float](repeating: 0, count: teacher.tokens.count)
    for row in 0..<teacher.rows {
      let range = row * count..<(row + 1) * count
      let best = teacher.logits[range.lowerBound]
      var sum: Float = 0
      for index in range {
        targets[index] = expf(teacher.logits[index] - best)
        sum += targets[index]
      }
      for index in range { targets[index] *= (1 - share) / sum }
      targets[range.lowerBound] += share
    }
    return targets
  }

  /// Takes away what cannot be answered, and scales the rest to sum to 1.
  ///
  /// - Returns: for each row what was left; exactly 1 where nothing was taken.
  private static func restrict(
    _ targets: inout [Float], to isAnswerable: [Bool], count: Int
  ) -> [Float] {
    stride(from: 0, to: targets.count, by: count).map { first in
      let row = first..<first + count
      guard !row.allSatisfy({ isAnswerable[$0] }) else { return 1 }
      for index in row where !isAnswerable[index] { targets[index] = 0 }
      let mass = row.reduce(0) { $0 + targets[$1] }
      if mass > 0 { for index in row { targets[index] /= mass } }
      return mass
    }
  }

  /// The candidate that is the teacher's most probable token in a row; nil where it cannot be answered.
  func answer(_ row: Int) -> Int? {
    guard isAnswerable?[row * count] ?? true else { return nil }
    return Int(columns[row * count])
  }

  /// Computes the loss of a row.
  ///
  /// - Parameters:
  ///   - scale: a factor of the row's weight.
  ///   - body: the kernel.
  func withTarget(
    _ row: Int, scale: Float, focus: Float, _ body: (UnsafePointer<ck_target>) -> ck_distilled
  ) -> ck_distilled {
    let mass = masses?[row] ?? 1, answer = answer(row)
    var result = columns.withUnsafeBufferPointer { columns in
      probabilities.withUnsafeBufferPointer { probabilities in
        var target = ck_target(
          columns: columns.baseAddress! + row * count,
          probabilities: probabilities.baseAddress! + row * count, count: count,
          answer: answer ?? 0, weight: weights[row] * scale * mass,
          focus: answer == nil ? 0 : focus)
        return body(&target)
      }
    }
    if mass != 1 {
      result.loss *= mass
      result.weight = mass > 0 ? result.weight / mass : weights[row] * scale
    }
    // The kernel judged another token in its place.
    if answer == nil { (result.answer, result.agrees) = (0, 0) }
    return result
  }
}
