import Glibc

/// The tokens a batch's loss is computed over: all that the teacher named at any row, then samples of the
/// others.
package struct CandidateSet {
  /// Token ids: the teacher's, rising, then the samples.
  package let tokens: [Int]
  /// How many are the teacher's.
  package let named: Int
  /// Logarithm of how many tokens each sample stands for.
  package let correction: Float
  /// For each of the teacher's tokens its place in `tokens`, in the order of `TeacherTargets.tokens`.
  package let columns: [UInt32]

  /// The whole vocabulary.
  init(vocabulary: Int, _ teacher: TeacherTargets) {
    Self.check(teacher, vocabulary)
    tokens = Array(0..<vocabulary)
    named = vocabulary
    correction = 0
    columns = teacher.tokens.map { UInt32($0) }
  }

  /// - Parameter negatives: nil for the whole vocabulary.
  package init(
    _ teacher: TeacherTargets, vocabulary: Int, negatives: Int?, _ random: inout CounterRandom
  ) {
    guard let negatives else {
      self.init(vocabulary: vocabulary, teacher)
      return
    }
    self.init(naming: teacher, vocabulary: vocabulary, negatives: negatives, &random)
  }

  /// The kernels go by these places.
  private static func check(_ teacher: TeacherTargets, _ vocabulary: Int) {
    precondition(teacher.tokens.allSatisfy { $0 >= 0 && $0 < vocabulary })
  }

  private init(
    naming teacher: TeacherTargets, vocabulary: Int, negatives: Int, _ random: inout CounterRandom
  ) {
    Self.check(teacher, vocabulary)
    var place = [Int32](repeating: -1, count: vocabulary)
    for token in teacher.tokens { place[Int(token)] = 0 }
    var tokens: [Int] = []
    for token in 0..<vocabulary where place[token] == 0 {
      place[token] = Int32(tokens.count)
      tokens.append(token)
    }
    named = tokens.count
    columns = teacher.tokens.map { UInt32(place[Int($0)]) }
    let others = vocabulary - named, wanted = min(negatives, others)
    // Sequential sampling without replacement (Knuth, TAOCP 2, 3.4.2, algorithm S).
    var (seen, taken) = (0, 0)
    for token in 0..<vocabulary where place[token] < 0 && taken < wanted {
      if Double(others - seen) * random.uniform() < Double(wanted - taken) {
        tokens.append(token)
        taken += 1
      }
      seen += 1
    }
    self.tokens = tokens
    correction = wanted > 0 ? Float(log(Double(others) / Double(wanted))) : 0
  }
}
