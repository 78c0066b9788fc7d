import CleaveKernels
import CleaveModel
import CleaveRuntime
import CleaveStorage
import CleaveTrain
import Testing

/// Every backward pass against the forward pass: the slope of the loss along a random direction of one
/// parameter's space, by central differences, is the gradient's part in that direction.
@Suite struct GradientTests {
  static let configuration = ModelConfiguration(
    architecture: "llama", hiddenSize: 32, blockCount: 6, headCount: 4, kvHeadCount: 2,
    headDimension: 8, intermediateSize: 48, vocabularySize: 40, contextLength: 64,
    normEpsilon: 1e-5, rope: RoPE(theta: 10000), tiedEmbeddings: true)

  struct Case: CustomTestStringConvertible, Sendable {
    let exits: [ExitRecord]
    var configuration = GradientTests.configuration
    var testDescription: String {
      exits.map { "\($0.depth)=\($0.body) of \($0.reads)" }.joined(separator: ", ")
        + " of \(configuration.architecture)"
    }
  }

  /// A tail of two blocks and an mlp in a model of another form.
  private static func form(
    _ name: String, _ change: (inout ModelConfiguration) -> Void
  ) -> Case {
    var configuration = configuration
    configuration.architecture = name
    change(&configuration)
    var tail = ExitRecord(depth: 2, body: .tail(blocks: 2), threshold: 0.9)
    tail.tailLike = configuration.blocksDiffer ? 3 : nil
    return Case(
      exits: [tail, ExitRecord(depth: 3, body: .mlp, threshold: 0.9)], configuration: configuration)
  }

  static let forms: [Case] = [
    form("biases") {
      $0.block.queryKeyValueBias = true
      $0.block.outputBias = true
    },
    form("norms of heads") { $0.block.queryKeyNorm = true },
    form("norms of parts") { $0.block.postNorms = true },
    form("GELU") { $0.block.activation = .geluTanh },
    form("scaled attention") { $0.attentionScale = 0.9 },
    form("partial rotation") { $0.rope.rotatedPairs = 3 },
    form("scaled rotation") {
      $0.rope.scaling = .longRoPE(
        LongRoPE(
          short: [1, 2, 3, 4], long: [5, 6, 7, 8], originalContext: 64, attentionFactor: 1.3))
    },
    // One block of the tail sees a window and turns by other angles, the other sees everything.
    form("a window") {
      $0.window = SlidingWindow(size: 5, blocks: [0, 1, 3], rope: RoPE(theta: 100))
    },
    form("YaRN") {
      $0.rope.scaling = .yarn(
        YaRN(factor: 4, betaFast: 4, originalContext: 16, attentionFactor: 1.2))
    },
    // One block of the tail has no RoPE.
    form("no RoPE") { $0.unrotatedBlocks = [1, 4] },
    form("growing queries") {
      $0.queryScaling = QueryScaling(beta: 0.4, originalContext: 3)
    },
    form("scaled parts") { $0.residualScale = 0.3 },
    form("norms after parts alone") {
      $0.block.preNorms = false
      $0.block.postNorms = true
    },
    form("norms of all heads together") {
      $0.block.queryKeyNorm = true
      $0.block.wholeQueryKeyNorm = true
    },
    form("experts") {
      $0.block.experts = Experts(count: 5, perToken: 2, normalized: true)
    },
    form("capped scores and logits") {
      $0.attentionCap = 0.7
      $0.logitsCap = 2
      $0.window = SlidingWindow(size: 5, blocks: [0, 1, 3])
    },
    form("an expert for all") {
      $0.block.experts = Experts(count: 5, perToken: 2, normalized: false, sharedSize: 56)
    },
    form("experts, not normalized") {
      $0.block.experts = Experts(count: 5, perToken: 2, normalized: false)
      $0.block.activation = .geluTanh
    },
    form("LayerNorm") { $0.block.norm = .layer },
    form("LayerNorm with biases, side by side") {
      $0.block.norm = .layer
      $0.block.normBias = true
      $0.block.parallel = .ownNorms
      $0.residualScale = 0.7
    },
    form("a shared norm") {
      $0.block.norm = .layer
      $0.block.parallel = .sharedNorm
      $0.block.queryKeyValueBias = true
    },
    form("networks without a gate") {
      $0.block.gated = false
      $0.block.feedForwardBias = true
      $0.block.activation = .gelu
    },
    form("biases of a gated network") {
      $0.block.feedForwardBias = true
      $0.block.activation = .gelu
    },
    form("sinks") {
      $0.block.attentionSinks = true
      $0.window = SlidingWindow(size: 5, blocks: [0, 1, 3])
    },
    form("experts with biases, clamped") {
      $0.block.experts = Experts(count: 5, perToken: 2, normalized: true)
      $0.block.feedForwardBias = true
      $0.block.gateClamp = GateClamp(slope: 1.7, limit: 2)
    },
    form("no gate, no biases, SiLU") {
      $0.block.gated = false
      $0.block.parallel = .sharedNorm
    },
    form("all of these") {
      $0.block.queryKeyValueBias = true
      $0.block.outputBias = true
      $0.block.queryKeyNorm = true
      $0.block.postNorms = true
      $0.block.activation = .geluTanh
      $0.residualScale = 0.7
      $0.queryScaling = QueryScaling(beta: 0.4, originalContext: 3)
      $0.unrotatedBlocks = [3]
      $0.window = SlidingWindow(size: 11, blocks: [4], rope: RoPE(theta: 100))
    },
  ]

  static let cases: [Case] = [
    Case(exits: [ExitRecord(depth: 2, body: .norm, threshold: 0.9)]),
    Case(exits: [ExitRecord(depth: 2, body: .affine(rank: nil), threshold: 0.9)]),
    Case(exits: [ExitRecord(depth: 2, body: .affine(rank: 5), threshold: 0.9)]),
    Case(exits: [ExitRecord(depth: 2, body: .mlp, threshold: 0.9)]),
    Case(exits: [ExitRecord(depth: 2, body: .tail(blocks: 2), threshold: 0.9)]),
    Case(exits: [
      ExitRecord(depth: 2, body: .tail(blocks: 1), threshold: 0.9),
      ExitRecord(depth: 4, reads: .previous, body: .tail(blocks: 1), threshold: 0.9),
    ]),
    Case(exits: [
      ExitRecord(depth: 2, body: .tail(blocks: 1, map: AffineMap()), threshold: 0.9)
    ]),
    Case(exits: [
      ExitRecord(
        depth: 2, body: .tail(blocks: 1, map: AffineMap(), readout: AffineMap()), threshold: 0.9),
      ExitRecord(
        depth: 4, reads: .previous, body: .tail(blocks: 1, readout: AffineMap(rank: 4)),
        threshold: 0.9),
    ]),
    Case(exits: [
      ExitRecord(depth: 2, body: .tail(blocks: 1, map: AffineMap(rank: 4)), threshold: 0.9),
      ExitRecord(
        depth: 4, reads: .previous, body: .tail(blocks: 1, map: AffineMap()), threshold: 0.9),
    ]),
    Case(exits: [
      ExitRecord(depth: 2, body: .mlp, threshold: 0.9),
      ExitRecord(depth: 3, reads: .previous, body: .tail(blocks: 1), threshold: 0.9),
      ExitRecord(depth: 4, body: .affine(rank: 3), threshold: 0.9),
    ]),
  ]

  /// A chain whose tails read what the cloud sends back, before an exit that reads the model alone.
  static let feedback: [ExitRecord] = {
    var first = ExitRecord(depth: 2, body: .tail(blocks: 2, map: AffineMap()), threshold: 0.9)
    first.feedback = ExitFeedback(depth: 4)
    return [
      first,
      ExitRecord(
        depth: 3, reads: .previous, body: .tail(blocks: 1, map: AffineMap(rank: 4)), threshold: 0.9),
      ExitRecord(depth: 4, body: .tail(blocks: 1), threshold: 0.9),
    ]
  }()

  /// Where nothing has come back, or what comes back is what the edge's stream has itself, two streams compute what
  /// one does.
  @Test func twoStreamsAreOneWhereTheyAreAlike() throws {
    var exits = Self.feedback
    exits[0].body = .tail(blocks: 2)
    let fixture = try Fixture(exits: exits, configuration: Self.configuration)
    let two = fixture.loss(backward: false)
    fixture.returns = .nothing
    let one = fixture.loss(backward: false)
    #expect(abs(two - one) > 0.01, "what comes back is read")
    for returns in [Fixture.Returns.zeroCounts, .ownStates] {
      fixture.returns = returns
      #expect(abs(fixture.loss(backward: false) - one) < 1e-3, "\(returns)")
    }
  }

  /// Rows that nobody reads need not be computed: the others come out the same, with the same gradients.
  @Test(arguments: ["", "all of these", "experts"]) func aStreamMayBeginLater(_ form: String) throws
  {
    let configuration =
      Self.forms.first { $0.configuration.architecture == form }?.configuration
      ?? Self.configuration
    var exits = Self.feedback
    if configuration.window != nil {
      for index in exits.indices { exits[index].tailLike = 3 }
    }
    let fixture = try Fixture(exits: exits, configuration: configuration)
    let whole = fixture.normed(skipping: false), later = fixture.normed(skipping: true)
    #expect(whole.normed.count == later.normed.count && !whole.normed.isEmpty)
    for (whole, later) in [(whole.normed, later.normed), (whole.gradients, later.gradients)] {
      let scale = whole.reduce(0) { max($0, abs($1)) }
      let difference = zip(whole, later).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(scale > 0.1 && difference < 1e-4 * scale, "\(difference) of \(scale)")
    }
  }

  @Test(arguments: cases + forms) func gradientsAreSlopes(_ case: Case) throws {
    let fixture = try Fixture(exits: `case`.exits, configuration: `case`.configuration)
    _ = fixture.loss(backward: true)
    for entry in fixture.network.parameters.entries {
      for direction in 0..<2 {
        // A step across which a row changes its experts is a jump: a short one seldom is.
        let steps: [Float] = `case`.configuration.block.experts == nil ? [2e-3] : [2e-3, 2e-4]
        let slopes = steps.map { fixture.slope(along: entry, direction: direction, step: $0) }
        #expect(
          slopes.contains { abs($0 - $1) < 0.02 * max(abs($0), abs($1), 1e-3) },
          "\(entry.name): slope and what the gradient says \(slopes)")
      }
    }
  }

  /// With all candidates named, the loss over candidates is that over the whole vocabulary.
  @Test func allCandidatesAreTheWholeVocabulary() throws {
    let fixture = try Fixture(exits: Self.cases[0].exits, configuration: Self.configuration)
    let whole = fixture.loss(backward: false)
    fixture.negatives = Self.configuration.vocabularySize
    #expect(abs(fixture.loss(backward: false) - whole) < 1e-5)
  }

  /// Averaged over many samples of negatives the normaliser is that of the whole vocabulary.
  @Test func sampledNegativesAreUnbiased() throws {
    let fixture = try Fixture(exits: Self.cases[0].exits, configuration: Self.configuration)
    let whole = fixture.loss(backward: false)
    fixture.negatives = 16
    let losses = (0..<400).map { index -> Double in
      fixture.sample = UInt64(index)
      return fixture.loss(backward: false)
    }
    let mean = losses.reduce(0, +) / Double(losses.count)
    let difference = (mean - whole) / fixture.weight
    #expect(losses.contains { abs($0 - whole) > 1e-3 }, "the samples differ")
    // The logarithm of an unbiased sum is a little low (Jensen).
    #expect(difference < 0.005 && difference > -0.03, "\(difference) nats a token")
  }
}

/// A tiny network with random weights, states and teacher.
final class Fixture {
  let network: TrainableExits
  var negatives: Int?
  var sample: UInt64 = 0
  private let lossFunction: DistillationLoss
  /// What comes back from the cloud.
  enum Returns { case nothing, zeroCounts, ownStates, others }
  var returns = Returns.others
  private let layout: BatchLayout
  private let deep: MatrixView
  private let counts: [[Int]]
  private let states: [MatrixView]
  private let rows: [Int]
  private var teacher = TeacherTargets(count: 4)
  private let gradients: [MatrixView]

  init(exits: [ExitRecord], configuration: ModelConfiguration, threads: Int = 2) throws {
    let workers = Workers(try ThreadPool(threads: threads))
    let layout = BatchLayout(lengths: [7, 3, 90])
    network = TrainableExits(
      configuration, exits: exits, rows: 128, workers: workers, precision: .float32)
    network.begin(layout)
    var random = CounterRandom(seed: 5)
    for entry in network.parameters.entries {
      let width = Float(entry.shape.count > 1 ? entry.shape[1] : 1)
      network.parameters.set(
        entry.name,
        entry.range.map { _ in
          let value = Float(2 * random.uniform() - 1)
          return entry.shape.count > 1 ? 1.5 * value / width.squareRoot() : 1 + 0.3 * value
        })
    }
    let hidden = configuration.hiddenSize
    states = network.depths.map { _ in
      let buffer = FloatBuffer(layout.rows * hidden)
      buffer.copy((0..<buffer.count).map { _ in Float(2 * random.uniform() - 1) })
      return buffer.matrix(layout.rows, hidden)
    }
    self.layout = layout
    let deepStates = FloatBuffer(layout.rows * hidden)
    deepStates.copy((0..<deepStates.count).map { _ in Float(2 * random.uniform() - 1) })
    deep = deepStates.matrix(layout.rows, hidden)
    counts = [7, 3, 90].map { length in
      FeedbackDraw(askRate: 0.3).counts(length: length, promptLength: 2, &random)
    }
    rows = Array(0..<layout.rows).filter { $0 % 3 != 1 }
    for row in rows {
      teacher.weights.append(row % 2 == 0 ? 1 : 0.25)
      let first = row % 9
      teacher.tokens += [0, 3, 11, 23].map { Int32($0 + first) }
      teacher.logits += [3, 2, 1.5, 0.2]
    }
    let embedding = (0..<configuration.vocabularySize * hidden).map { _ in
      Float(2 * random.uniform() - 1) * 0.5
    }
    let bytes = embedding.withUnsafeBytes { Array($0) }
    let file = try MappedFile(inMemory: "embedding", count: bytes.count) {
      $0.copyBytes(from: bytes)
    }
    let tensor = try Tensor(
      name: "embedding", type: .f32, shape: [configuration.vocabularySize, hidden],
      file: file, range: 0..<bytes.count)
    lossFunction = DistillationLoss(
      LossSettings(), unembedding: TokenRows(tensor, workers: workers), work: network.work)
    let count = rows.count
    gradients = exits.map { _ in FloatBuffer(count * hidden).matrix(count, hidden) }
  }

  private var returned: TrainableExits.Returned? {
    guard network.feedbackDepth != nil else { return nil }
    return switch returns {
    case .nothing: nil
    case .zeroCounts:
      TrainableExits.Returned(states: deep, counts: counts.map { $0.map { _ in 0 } })
    case .ownStates: TrainableExits.Returned(states: states[0], counts: counts)
    case .others: TrainableExits.Returned(states: deep, counts: counts)
    }
  }

  /// What the unembedding reads of the exits, of the rows that read what has come back, and the gradient of all
  /// parameters where that of each of these numbers is 1.
  ///
  /// - Parameter skipping: whether the edge computes nothing before them.
  func normed(skipping: Bool) -> (normed: [Float], gradients: [Float]) {
    let starts = counts.map { counts in counts.firstIndex { $0 > 0 } ?? 0 }
    let rows = zip(layout.texts, starts).flatMap { $0.dropFirst($1) }
    let returned = TrainableExits.Returned(
      states: deep, counts: counts, starts: skipping ? starts : nil)
    let normed = network.forward(states, returned: returned, rows: rows)
    let values = normed.flatMap { normed in
      (0..<normed.rows).flatMap { row in
        (0..<normed.columns).map { normed.base[row * normed.stride + $0] }
      }
    }
    network.parameters.clearGradients()
    network.backward(
      normed.map { normed in
        let ones = FloatBuffer(normed.rows * normed.columns)
        ones.copy([Float](repeating: 1, count: ones.count))
        return ones.matrix(normed.rows, normed.columns)
      })
    return (values, network.parameters.gradients.array(0..<network.parameters.values.count))
  }

  /// Of all rows together.
  var weight: Double { teacher.weights.reduce(0) { $0 + Double($1) } }

  /// The weighted sum over rows and exits, in nats.
  func loss(backward: Bool) -> Double {
    var random = CounterRandom(seed: 6, sample)
    let candidates = CandidateSet(
      teacher, vocabulary: network.configuration.vocabularySize, negatives: negatives, &random)
    var sum = 0.0
    let normed = network.forward(states, returned: returned, rows: rows)
    for (exit, normed) in normed.enumerated() {
      let results = lossFunction(
        normed, teacher, candidates, gradient: backward ? gradients[exit] : nil)
      for result in results { sum += Double(result.loss * result.weight) }
    }
    if backward { network.backward(gradients) }
    return sum
  }

  /// The loss's slope along a random direction in one parameter's space, and what its gradient says.
  func slope(
    along entry: Parameters.Entry, direction: Int, step: Float
  ) -> (measured: Double, expected: Double) {
    var random = CounterRandom(seed: 7, UInt64(direction), UInt64(entry.range.lowerBound))
    let gradient = network.parameters.gradients.array(entry.range)
    let values = network.parameters.values.array(entry.range)
    // Half along the gradient: slopes then are not near zero, where noise would hide errors.
    let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let way = gradient.map { value -> Float in
      Float(2 * random.uniform() - 1) / Float(gradient.count).squareRoot()
        + (norm > 0 ? value / norm : 0)
    }
    let expected = zip(gradient, way).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    func moved(_ factor: Float) -> Double {
      network.parameters.set(entry.name, zip(values, way).map { $0 + factor * step * $1 })
      return loss(backward: false)
    }
    let measured = (moved(1) - moved(-1)) / Double(2 * step)
    network.parameters.set(entry.name, values)
    return (measured, expected)
  }
}
