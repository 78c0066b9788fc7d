import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage
import CleaveTrain
import TestSupport
import Testing

/// What is trained is what runs: the network's forward pass against the runtime's.
@Suite struct ForwardTests {
  private let scratch: Scratch
  private let pool: ThreadPool
  /// Two texts in one batch, one longer than a tile of queries.
  private let texts: [[Int]]

  init() throws {
    scratch = try Scratch()
    pool = try ThreadPool(threads: 2)
    var random = SplitMix64(seed: 3)
    texts = [17, 90].map { count in
      (0..<count).map { _ in Int.random(in: 0..<320, using: &random) }
    }
  }

  /// What the runtime's head reads of each exit, texts one after another.
  private func expected(_ artifact: Artifact) throws -> [[Float]] {
    let exits = artifact.manifest.exits
    let width = artifact.manifest.configuration.hiddenSize
    var results = exits.map { _ in [Float]() }
    for text in texts {
      var next = 0
      try states(of: text, artifact) { model, depth, states in
        let normed = try model.unembedded(states, depth: depth)
        for part in 0..<normed.count / (text.count * width) {
          results[next] += normed[(part * text.count * width)..<((part + 1) * text.count * width)]
          next += 1
        }
      }
      #expect(next == exits.count)
    }
    return results
  }

  private func states(
    of text: [Int], _ artifact: Artifact, _ body: (LayerwiseModel, Int, [Float]) throws -> Void
  ) throws {
    let model = try LayerwiseModel(artifact, numerics: .exact, pool: pool)
    var states = try model.embed(text)
    for depth in 1..<artifact.manifest.configuration.blockCount {
      try model.run(try model.block(depth - 1), &states)
      try body(model, depth, states)
    }
  }

  private func found(
    _ artifact: Artifact, _ precision: TrainingPrecision, fill: (TrainableExits) throws -> Void
  ) throws -> [[Float]] {
    let configuration = artifact.manifest.configuration
    let rows = texts.reduce(0) { $0 + $1.count }
    let network = TrainableExits(
      configuration, exits: artifact.manifest.exits, rows: rows + 5, workers: Workers(pool),
      precision: precision)
    try fill(network)
    var inputs = network.depths.map { _ in [Float]() }
    for text in texts {
      try states(of: text, artifact) { _, depth, states in
        if let index = network.depths.firstIndex(of: depth) { inputs[index] += states }
      }
    }
    network.begin(BatchLayout(lengths: texts.map(\.count)))
    let views = inputs.map { input in
      let buffer = FloatBuffer(input.count)
      buffer.copy(input)
      return buffer.matrix(rows, configuration.hiddenSize)
    }
    return network.forward(views, rows: Array(0..<rows)).map { view in
      (0..<view.rows).flatMap { row in
        (0..<view.columns).map { view.base[row * view.stride + $0] }
      }
    }
  }

  /// The largest difference, as a share of the largest value.
  private func expectEqual(_ found: [[Float]], _ expected: [[Float]], within tolerance: Float) {
    #expect(found.map(\.count) == expected.map(\.count))
    for (exit, (found, expected)) in zip(found, expected).enumerated() {
      let scale = expected.reduce(0) { max($0, abs($1)) }
      let worst = zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(worst <= tolerance * scale, "exit \(exit): \(worst) of \(scale)")
      #expect(scale > 0.1)
    }
  }

  /// Tails that are the model's own blocks, one after another: llama3's and linear RoPE, grouped heads,
  /// every type of weight.
  @Test(arguments: TinyModel.all, TailStart.allCases)
  func tailsOfTheModelsBlocks(tiny: TinyModel, start: TailStart) throws {
    let artifact = try tiny.withExits([1, 3], into: scratch) {
      $0.placement.bodies = [.tail(blocks: 1), .tail(blocks: 2)]
      $0.placement.replacesBlocks = true
      $0.tailStart = start
    }
    let found = try found(artifact, .float32) {
      try $0.parameters.set(
        artifact.manifest.exits, to: .initial(start), from: artifact)
    }
    expectEqual(found, try expected(artifact), within: 1e-3)
  }

  /// The same for the blocks of every family, with windows shorter than a text.
  @Test(arguments: TinyModel.trained)
  func tailsOfEveryFamily(tiny: TinyModel) throws {
    for start in [TailStart.next, .last] {
      let scratch = try Scratch()
      let artifact = try tiny.withExits([1, 3], into: scratch) {
        $0.placement.bodies = [.tail(blocks: 1)]
        $0.tailStart = start
      }
      let found = try found(artifact, .float32) {
        try $0.parameters.set(artifact.manifest.exits, to: .initial(start), from: artifact)
      }
      expectEqual(found, try expected(artifact), within: 1e-3)
    }
  }

  private func randomExits() throws -> RandomExits {
    let exits = try TinyModel.llama3.withExits([1, 2, 3, 4, 5], into: scratch) {
      $0.placement.bodies = [.norm, .affine(rank: nil), .affine(rank: 5), .mlp, .tail(blocks: 1)]
    }
    return try RandomExits(exits, into: scratch)
  }

  /// A chain of tails with maps around them.
  private func randomMaps() throws -> RandomExits {
    let exits = try TinyModel.llama3.withExits([1, 2, 3], into: scratch) {
      $0.placement.bodies = [
        .tail(blocks: 1, map: AffineMap(), readout: AffineMap(rank: 5)),
        .tail(blocks: 2, map: AffineMap(rank: 5)), .tail(blocks: 1, readout: AffineMap()),
      ]
      $0.placement.replacesBlocks = true
    }
    return try RandomExits(exits, into: scratch)
  }

  private func fill(_ network: TrainableExits, _ weights: [String: [Float]]) {
    #expect(Set(network.parameters.entries.map(\.name)) == Set(weights.keys))
    for (name, values) in weights { network.parameters.set(name, values) }
  }

  @Test func everyBodyWithRandomWeights() throws {
    let random = try randomExits()
    let found = try found(random.artifact, .float32) { fill($0, random.weights) }
    expectEqual(found, try expected(random.artifact), within: 1e-3)
  }

  @Test func mapsWithRandomWeights() throws {
    let random = try randomMaps()
    let found = try found(random.artifact, .float32) { fill($0, random.weights) }
    expectEqual(found, try expected(random.artifact), within: 1e-3)
  }

  /// Factors have 8 bits there.
  @Test(.enabled(if: TrainingPrecision.bf16.isSupported)) func everyBodyInBfloat16() throws {
    let random = try randomExits()
    let expected = try expected(random.artifact)
    let found = try found(random.artifact, .bf16) { fill($0, random.weights) }
    expectEqual(found, expected, within: 0.05)
    #expect(found[1] != expected[1], "it is another arithmetic")
  }
}
