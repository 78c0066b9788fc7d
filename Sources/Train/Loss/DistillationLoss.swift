import CleaveKernels
import Glibc

/// The soft cross-entropy of an exit to the teacher over candidate tokens, and its gradient. specs/exits.md
/// has the formulas.
package final class DistillationLoss {
  let settings: LossSettings
  private let unembedding: TokenRows
  private let work: BatchContext
  private var logits = FloatBuffer(0)
  /// The most floats of logits, and of the unembedding, that are held at once: 64 MB each.
  private static let most = 1 << 24

  package init(_ settings: LossSettings, unembedding: TokenRows, work: BatchContext) {
    self.settings = settings
    self.unembedding = unembedding
    self.work = work
  }

  /// - Parameters:
  ///   - normed: the normed hidden states that the unembedding reads, `[rows, hidden]`.
  ///   - scale: a factor of the gradient.
  ///   - gradient: `[rows, hidden]`, receives the gradient of `normed`; nil to compute the loss alone.
  /// - Returns: the loss, agreement and confidence of each row.
  package func callAsFunction(
    _ normed: MatrixView, _ teacher: TeacherTargets, _ candidates: CandidateSet, scale: Float = 1,
    gradient: MatrixView? = nil
  ) -> [ck_distilled] {
    let probabilities = targets(teacher)
    var results = [ck_distilled](repeating: ck_distilled(), count: teacher.rows)
    forEachChunk(normed, candidates) { z, rows, again in
      distill(z, rows, teacher, candidates, probabilities, scale: scale, into: &results)
      guard let gradient else { return }
      again { part, unembedding, isFirst in
        work.product(
          z.columns(part), unembedding, into: gradient.rows(rows), adding: !isFirst)
      }
    }
    return results
  }

  /// The mean negative log-likelihood of the teacher's most probable token at each of these temperatures, over
  /// the whole vocabulary.
  func surprise(_ normed: MatrixView, _ teacher: TeacherTargets, temperatures: [Float]) -> [Double]
  {
    var sums = [Double](repeating: 0, count: temperatures.count)
    let all = CandidateSet(vocabulary: unembedding.vocabulary, teacher)
    forEachChunk(normed, all) { z, rows, _ in
      var parts = [Float](repeating: 0, count: rows.count * temperatures.count)
      parts.withUnsafeMutableBufferPointer { parts in
        nonisolated(unsafe) let parts = parts
        work.workers.forEachRange(rows.count) { range, _ in
          for index in range {
            let answer = teacher.tokens[(rows.lowerBound + index) * teacher.count]
            ck_tempered(
              z.base + index * z.stride, z.columns, Int(answer), temperatures, temperatures.count,
              parts.baseAddress! + index * temperatures.count)
          }
        }
      }
      for (index, part) in parts.enumerated() { sums[index % sums.count] += Double(part) }
    }
    return sums.map { $0 / Double(max(1, teacher.rows)) }
  }

  private typealias Parts = (
    _ body: (_ columns: Range<Int>, _ unembedding: MatrixView, _ isFirst: Bool) -> Void
  ) -> Void

  /// Computes the logits of some rows at a time. `again` visits the unembedding of the candidates a second
  /// time, for the gradient.
  private func forEachChunk(
    _ normed: MatrixView, _ candidates: CandidateSet,
    _ body: (_ z: MatrixView, _ rows: Range<Int>, _ again: Parts) -> Void
  ) {
    let width = candidates.tokens.count
    let rowChunk = min(256, max(1, Self.most / width))
    let tokenChunk = max(1, Self.most / unembedding.hidden)
    if logits.count < rowChunk * width { logits = FloatBuffer(rowChunk * width) }
    // The usual case: all candidates at once, gathered once.
    let whole = width <= tokenChunk ? unembedding(candidates.tokens[...]) : nil
    let parts: Parts = { [unembedding] use in
      if let whole { return use(0..<width, whole, true) }
      for first in stride(from: 0, to: width, by: tokenChunk) {
        let range = first..<min(first + tokenChunk, width)
        use(range, unembedding(candidates.tokens[range]), first == 0)
      }
    }
    for first in stride(from: 0, to: normed.rows, by: rowChunk) {
      let rows = first..<min(first + rowChunk, normed.rows)
      let z = logits.matrix(rows.count, width)
      parts { part, unembedding, _ in
        work.product(normed.rows(rows), unembedding, bTransposed: true, into: z.columns(part))
      }
      body(z, rows, parts)
    }
  }

  private func distill(
    _ z: MatrixView, _ rows: Range<Int>, _ teacher: TeacherTargets, _ candidates: CandidateSet,
    _ probabilities: [Float], scale: Float, into results: inout [ck_distilled]
  ) {
    let (count, focus) = (teacher.count, Float(settings.focus))
    results.withUnsafeMutableBufferPointer { results in
      candidates.columns.withUnsafeBufferPointer { columns in
        probabilities.withUnsafeBufferPointer { probabilities in
          // Each thread writes the results of its own rows.
          nonisolated(unsafe) let (results, columns, probabilities) = (
            results, columns, probabilities
          )
          work.workers.forEachRange(rows.count) { part, _ in
            for index in part {
              let row = rows.lowerBound + index
              var target = ck_target(
                columns: columns.baseAddress! + row * count,
                probabilities: probabilities.baseAddress! + row * count, count: count,
                answer: Int(columns[row * count]), weight: teacher.weights[row] * scale,
                focus: focus)
              results[row] = ck_distill(
                z.base + index * z.stride, z.columns, candidates.named, candidates.correction,
                &target)
            }
          }
        }
      }
    }
  }

  /// The target distribution of each row, `[rows, count]`, summing to 1. The teacher's probability outside its
  /// best tokens is left out.
  private func targets(_ teacher: TeacherTargets) -> [Float] {
    let share = Float(settings.answerShare), count = teacher.count
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
}
