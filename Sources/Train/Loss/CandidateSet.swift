import CleaveStorage
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

  /// - Parameter samples: of the tokens that the teacher names at no row.
  package init(_ teacher: TeacherTargets, vocabulary: Int, samples: [Int]) {
    let (named, location) = Self.named(teacher, vocabulary)
    precondition(samples.allSatisfy { location[$0] < 0 })
    self.init(teacher, named: named, location: location, samples: samples)
  }

  private init(
    naming teacher: TeacherTargets, vocabulary: Int, negatives: Int, _ random: inout CounterRandom
  ) {
    let (named, location) = Self.named(teacher, vocabulary)
    let others = vocabulary - named.count, wanted = min(negatives, others)
    var samples: [Int] = []
    // Sequential sampling without replacement (Knuth, TAOCP 2, 3.4.2, algorithm S).
    var seen = 0
    for token in 0..<vocabulary where location[token] < 0 && samples.count < wanted {
      if Double(others - seen) * random.uniform() < Double(wanted - samples.count) {
        samples.append(token)
      }
      seen += 1
    }
    self.init(teacher, named: named, location: location, samples: samples)
  }

  private init(_ teacher: TeacherTargets, named: [Int], location: [Int32], samples: [Int]) {
    tokens = named + samples
    self.named = named.count
    columns = teacher.tokens.map { UInt32(location[Int($0)]) }
    let others = location.count - named.count
    correction = samples.isEmpty ? 0 : Float(log(Double(others) / Double(samples.count)))
  }

  /// The teacher's tokens, rising, and the place of each token of the vocabulary among them, or -1.
  private static func named(
    _ teacher: TeacherTargets, _ vocabulary: Int
  ) -> (tokens: [Int], location: [Int32]) {
    check(teacher, vocabulary)
    var location = [Int32](repeating: -1, count: vocabulary)
    for token in teacher.tokens { location[Int(token)] = 0 }
    var tokens: [Int] = []
    for token in 0..<vocabulary where location[token] == 0 {
      location[token] = Int32(tokens.count)
      tokens.append(token)
    }
    return (tokens, location)
  }
}
