import CleaveStorage
import Glibc

/// The tokens that the loss of a batch is computed over: all those among the teacher's best at any row, then a
/// sample of the others.
package struct CandidateSet {
  /// Token ids: the teacher's in rising order, then the sampled ones.
  package let tokens: [Int]
  /// The number of tokens that are the teacher's.
  package let named: Int
  /// The logarithm of the number of tokens that each sampled one stands for.
  package let correction: Float
  /// For each of the teacher's tokens, in the order of `TeacherTargets.tokens`, its index in `tokens`.
  package let columns: [UInt32]

  /// All tokens of the vocabulary.
  init(vocabulary: Int, _ teacher: TeacherTargets) {
    Self.check(teacher, vocabulary)
    tokens = Array(0..<vocabulary)
    named = vocabulary
    correction = 0
    columns = teacher.tokens.map { UInt32($0) }
  }

  /// - Parameter negatives: the number of other tokens to sample; nil for the whole vocabulary.
  package init(
    _ teacher: TeacherTargets, vocabulary: Int, negatives: Int?, _ random: inout CounterRandom
  ) {
    guard let negatives else {
      self.init(vocabulary: vocabulary, teacher)
      return
    }
    self.init(naming: teacher, vocabulary: vocabulary, negatives: negatives, &random)
  }

  /// The kernels index by these tokens without checking.
  private static func check(_ teacher: TeacherTargets, _ vocabulary: Int) {
    precondition(teacher.tokens.allSatisfy { $0 >= 0 && $0 < vocabulary })
  }

  /// - Parameter samples: tokens that are not among the teacher's best at any row.
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

  /// The teacher's tokens in rising order, and for each token of the vocabulary its index among them, or -1.
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
