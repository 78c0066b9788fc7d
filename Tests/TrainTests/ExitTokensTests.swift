import CleaveKernels
import CleaveModel
import CleaveRuntime
import CleaveStorage
import CleaveTrain
import Glibc
import TestSupport
import Testing

/// The loss of exits that answer with a vocabulary.
@Suite struct ExitTokensTests {
  private static let vocabulary = 12
  private static let hidden = 8
  private let workers: Workers
  private let network: TrainableExits
  private var work: BatchContext { network.work }
  private let rows: TokenRows
  private let table: [Float]
  private let bias: [Float]

  init() throws {
    workers = Workers(try ThreadPool(threads: 2))
    var random = CounterRandom(seed: 5)
    let table = (0..<Self.vocabulary * Self.hidden).map { _ in Float(2 * random.uniform() - 1) }
    self.table = table
    bias = (0..<Self.vocabulary).map { _ in Float(2 * random.uniform() - 1) }
    let bytes = table.withUnsafeBytes { Array($0) }
    let file = try MappedFile(inMemory: "table", count: bytes.count) { $0.copyBytes(from: bytes) }
    rows = TokenRows(
      try Tensor(
        name: "table", type: .f32, shape: [Self.vocabulary, Self.hidden], file: file,
        range: 0..<bytes.count), bias: bias, workers: workers)
    let configuration = ModelConfiguration(
      architecture: "llama", hiddenSize: Self.hidden, blockCount: 2, headCount: 1, kvHeadCount: 1,
      headDimension: Self.hidden, intermediateSize: 8, vocabularySize: Self.vocabulary,
      contextLength: 16, normEpsilon: 1e-5, rope: RoPE(theta: 10000), tiedEmbeddings: true)
    network = TrainableExits(
      configuration, exits: [ExitRecord(depth: 1, threshold: 0.9)], rows: 8, workers: workers,
      precision: .float32)
  }

  private static let exit = ExitTokens([1, 4, 6, 9], vocabulary: vocabulary, includesText: true)

  /// Four rows of two texts; the second text has 10 from its second position on.
  private var teacher: TeacherTargets {
    var teacher = TeacherTargets(count: 3)
    teacher.tokens = [4, 2, 10, 10, 4, 1, 10, 4, 1, 7, 3, 8]
    teacher.logits = [3, 2, 1, 2, 1.5, 0, 2, 1.5, 0, 1, 0.5, 0]
    teacher.weights = [1, 1, 0.5, 1]
    teacher.texts = [[2, 4], [1, 10, 4]]
    teacher.positions = [(0, 1), (1, 0), (1, 1), (1, 2)].map { .init(text: $0.0, position: $0.1) }
    return teacher
  }

  private func candidates(_ negatives: Int?, _ exit: ExitTokens = exit) -> CandidateSet {
    var random = CounterRandom(seed: 1)
    return CandidateSet(teacher, of: exit, negatives: negatives, &random)
  }

  @Test func namedThenTextsThenSamples() {
    let all = candidates(nil)
    #expect(all.tokens == [1, 4, 6, 9, 2, 10] && all.named == 6 && all.correction == 0)
    // The first text has 2 and not 10; the second has 10 from position 1.
    #expect(all.columns == [1, 4, 0, 0, 1, 0, 5, 1, 0, 0, 0, 0])
    let one = candidates(1)
    #expect(one.tokens.count == 5 && one.named == 4 && Array(one.tokens[..<4]) == [1, 4, 2, 10])
    #expect([6, 9].contains(one.tokens[4]))
    #expect(abs(one.correction - Float(log(2.0))) < 1e-6)
    #expect(candidates(9).correction == 0 && candidates(9).tokens.count == 6)
    let plain = candidates(nil, ExitTokens([1, 4], vocabulary: 12, includesText: false))
    #expect(plain.tokens == [1, 4] && plain.columns == [1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0])
  }

  private func losses(
    _ candidates: CandidateSet, share: Double, gradient: MatrixView? = nil
  ) -> [ck_distilled] {
    var settings = LossSettings()
    settings.answerShare = share
    let loss = DistillationLoss(settings, unembedding: rows, work: work)
    return loss(Self.normed(of: states), teacher, candidates, gradient: gradient)
  }

  private var states: [Float] {
    var random = CounterRandom(seed: 9)
    return (0..<4 * Self.hidden).map { _ in Float(4 * random.uniform() - 2) }
  }

  private static func normed(of states: [Float]) -> MatrixView {
    let buffer = FloatBuffer(states.count)
    buffer.copy(states)
    return buffer.matrix(states.count / hidden, hidden)
  }

  /// Plain loops in doubles, row by row.
  private func expected(
    _ row: Int, share: Double
  ) -> (loss: Double, gradient: [Double], agrees: Bool, confidence: Double) {
    let teacher = teacher
    let place = teacher.positions[row]
    let text = teacher.texts[place.text][...place.position].map(Int.init)
    let answerable = Set(Self.exit.tokens + text).sorted()
    let state = states[row * Self.hidden..<(row + 1) * Self.hidden].map(Double.init)
    let rows = (0..<Self.vocabulary).map { token in
      table[token * Self.hidden..<(token + 1) * Self.hidden].map(Double.init)
    }
    let logits = zip(rows, bias).map { row, bias in
      zip(row, state).reduce(Double(bias)) { $0 + $1.0 * $1.1 }
    }
    let named = (0..<3).map { Int(teacher.tokens[row * 3 + $0]) }
    let powers = teacher.logits[row * 3..<(row + 1) * 3].map { exp(Double($0)) }
    let total = powers.reduce(0, +)
    var target = [Double](repeating: 0, count: Self.vocabulary)
    for (index, token) in named.enumerated() {
      target[token] = (1 - share) * powers[index] / total
    }
    target[named[0]] += share
    for token in target.indices where !answerable.contains(token) { target[token] = 0 }
    let mass: Double = target.reduce(0, +)
    let sum: Double = answerable.reduce(0) { $0 + exp(logits[$1]) }
    let best = answerable.max { logits[$0] < logits[$1] }!
    var gradient = [Double](repeating: 0, count: Self.hidden)
    for token in answerable {
      let slope = (mass * exp(logits[token]) / sum - target[token]) * Double(teacher.weights[row])
      for index in gradient.indices { gradient[index] += slope * rows[token][index] }
    }
    let expected: Double = zip(target, logits).reduce(0) { $0 + $1.0 * $1.1 }
    return (mass * log(sum) - expected, gradient, best == named[0], exp(logits[best]) / sum)
  }

  @Test(arguments: [0, 0.5, 1]) func lossAndGradientAreThoseOfTheFormula(share: Double) {
    let buffer = FloatBuffer(4 * Self.hidden)
    let found = losses(
      candidates(nil), share: share, gradient: buffer.matrix(4, Self.hidden))
    for row in 0..<4 {
      let expected = expected(row, share: share)
      #expect(abs(Double(found[row].loss) - expected.loss) < 1e-4)
      #expect((found[row].agrees == 1) == expected.agrees)
      #expect(abs(Double(found[row].confidence) - expected.confidence) < 1e-5)
      #expect(found[row].weight == teacher.weights[row])
      let gradient = buffer.array(row * Self.hidden..<(row + 1) * Self.hidden)
      for (one, other) in zip(gradient, expected.gradient) {
        #expect(abs(Double(one) - other) < 1e-4)
      }
    }
    // Nothing of the last row can be answered.
    #expect(found[3].loss == 0 && found[3].agrees == 0 && found[3].answer == 0)
    // The best of the second and not of the third, whose text has it by then.
    #expect(found[1].answer == 0 && found[2].answer > 0)
  }

  /// To the bit, sampled and not.
  @Test(arguments: [nil, 3, 0]) func allTokensAreNoVocabulary(negatives: Int?) {
    let all = ExitTokens(Array(0..<12), vocabulary: 12, includesText: true)
    var random = CounterRandom(seed: 1)
    let plain = CandidateSet(teacher, vocabulary: 12, negatives: negatives, &random)
    let set = candidates(negatives, all)
    #expect(set.tokens == plain.tokens && set.named == plain.named)
    #expect(set.columns == plain.columns && set.correction == plain.correction)
    let (one, other) = (FloatBuffer(4 * Self.hidden), FloatBuffer(4 * Self.hidden))
    let first = losses(set, share: 0.5, gradient: one.matrix(4, Self.hidden))
    let second = losses(plain, share: 0.5, gradient: other.matrix(4, Self.hidden))
    #expect(first.map(\.loss) == second.map(\.loss))
    #expect(first.map(\.weight) == second.map(\.weight))
    #expect(one.array(0..<one.count) == other.array(0..<other.count))
  }
}
