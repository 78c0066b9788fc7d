import CleaveStorage
import Glibc

/// The tokens that the loss of a batch is computed over: all those among the teacher's best at any row, then a
/// sample of the others. Of exits with an exit vocabulary: as far as they can answer with them, and between the two
/// the tokens of the batch's texts.
package struct CandidateSet {
  /// Token ids: the teacher's in rising order, those of texts, then the sampled ones.
  package let tokens: [Int]
  /// The number of tokens that are not sampled.
  package let named: Int
  /// The logarithm of the number of tokens that each sampled one stands for.
  package let correction: Float
  /// For each of the teacher's tokens, in the order of `TeacherTargets.tokens`, its index in `tokens`; 0 for one
  /// that cannot be answered there.
  package let columns: [UInt32]
  /// For each of the teacher's tokens, whether it can be answered there; nil where all can.
  let isAnswerable: [Bool]?
  /// The candidates that count in some rows only.
  let text: TextColumns?

  /// All tokens of the vocabulary.
  init(vocabulary: Int, _ teacher: TeacherTargets) {
    Self.check(teacher, vocabulary)
    tokens = Array(0..<vocabulary)
    named = vocabulary
    correction = 0
    columns = teacher.tokens.map { UInt32($0) }
    (isAnswerable, text) = (nil, nil)
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
    let samples = Self.sample(
      negatives, from: (0..<vocabulary).lazy.filter { location[$0] < 0 },
      count: vocabulary - named.count, &random)
    self.init(teacher, named: named, location: location, samples: samples)
  }

  /// Sequential sampling without replacement (Knuth, TAOCP 2, 3.4.2, algorithm S).
  ///
  /// - Parameter count: of `others`.
  private static func sample(
    _ negatives: Int, from others: some Sequence<Int>, count: Int, _ random: inout CounterRandom
  ) -> [Int] {
    let wanted = min(negatives, count)
    var samples: [Int] = []
    var seen = 0
    for token in others {
      guard samples.count < wanted else { break }
      if Double(count - seen) * random.uniform() < Double(wanted - samples.count) {
        samples.append(token)
      }
      seen += 1
    }
    return samples
  }

  private init(_ teacher: TeacherTargets, named: [Int], location: [Int32], samples: [Int]) {
    tokens = named + samples
    self.named = named.count
    columns = teacher.tokens.map { UInt32(location[Int($0)]) }
    let others = location.count - named.count
    correction = Self.correction(others: others, samples: samples.count)
    (isAnswerable, text) = (nil, nil)
  }

  private static func correction(others: Int, samples: Int) -> Float {
    samples == 0 ? 0 : Float(log(Double(others) / Double(samples)))
  }

  /// - Parameters:
  ///   - exit: the tokens that can be answered.
  ///   - negatives: the number of other tokens of the exit vocabulary to sample; nil for all of it.
  package init(
    _ teacher: TeacherTargets, of exit: ExitTokens, negatives: Int?, _ random: inout CounterRandom
  ) {
    Self.check(teacher, exit.vocabulary)
    let said = Set(teacher.tokens.map(Int.init))
    let named = negatives == nil ? exit.tokens : exit.tokens.filter(said.contains)
    let text = TextColumns(teacher, beside: exit, start: named.count)
    var location = [Int32](repeating: -1, count: exit.vocabulary)
    for (index, token) in (named + text.tokens).enumerated() { location[token] = Int32(index) }
    let others = exit.tokens.count - named.count
    let samples = Self.sample(
      negatives ?? 0, from: exit.tokens.lazy.filter { location[$0] < 0 }, count: others, &random)
    tokens = named + text.tokens + samples
    self.named = named.count + text.tokens.count
    correction = Self.correction(others: others, samples: samples.count)
    let isAnswerable = teacher.tokens.enumerated().map { index, token in
      let column = Int(location[Int(token)])
      return column >= 0
        && (column < named.count || text.counts(column - named.count, in: index / teacher.count))
    }
    columns = zip(teacher.tokens, isAnswerable).map { $1 ? UInt32(location[Int($0)]) : 0 }
    self.isAnswerable = isAnswerable.allSatisfy { $0 } ? nil : isAnswerable
    self.text = text.tokens.isEmpty ? nil : text
  }

  /// The candidates of a loss over all tokens that can be answered.
  ///
  /// - Parameter exit: nil where all of the model's can.
  static func all(_ teacher: TeacherTargets, vocabulary: Int, _ exit: ExitTokens?) -> CandidateSet {
    guard let exit else { return CandidateSet(vocabulary: vocabulary, teacher) }
    var unused = CounterRandom(seed: 0)
    return CandidateSet(teacher, of: exit, negatives: nil, &unused)
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
