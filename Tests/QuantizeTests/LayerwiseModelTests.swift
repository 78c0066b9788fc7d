import CleaveModel
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// A model run block by block gives the same output as run at once.
@Suite struct LayerwiseModelTests {
  private static func both(
    _ artifact: Artifact, _ tokens: [Int], _ numerics: Numerics, pool: ThreadPool
  ) async throws -> (found: [Float], expected: [Float]) {
    let model = try LayerwiseModel(artifact, numerics: numerics, pool: pool)
    var states = try model.embed(tokens)
    for block in artifact.manifest.blocks { try model.run(try model.block(block), &states) }
    let session = WholeModelSession(try WholeModel(artifact), numerics: numerics, pool: pool)
    try await session.feed(tokens)
    return (model.logits(states), await session.logits(ofLast: tokens.count))
  }

  @Test(arguments: TinyModel.all, [Numerics.standard, .exact])
  func theLogitsToTheBit(model: TinyModel, numerics: Numerics) async throws {
    let scratch = try Scratch()
    let artifact = try model.imported(into: scratch)
    var random = SplitMix64(seed: 31)
    // More tokens than a batch of the engine.
    let tokens = (0..<300).map { _ in Int.random(in: 0..<320, using: &random) }
    let (found, expected) = try await Self.both(
      artifact, tokens, numerics, pool: try ThreadPool(threads: 2))
    #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
  }

  /// With another model's tensors as replacements, the output is the other model's.
  @Test(arguments: [false, true]) func replacements(tied: Bool) throws {
    let scratch = try Scratch()
    let pool = try ThreadPool(threads: 1)
    let model = try SmallModel(tied: tied).make(in: scratch)
    let name = "blocks.1.attention.output.weight"
    let other = try SmallModel(tied: tied, weights: [name: [5: 2], "head.weight": [9: 3]])
      .make(in: scratch, name: "other")
    func logits(_ artifact: Artifact, _ tensors: [String: Tensor] = [:]) throws -> [Float] {
      let model = try LayerwiseModel(artifact, numerics: .standard, pool: pool)
      var states = try model.embed([1, 2, 3], table: tensors["token_embedding.weight"])
      for block in 0..<3 {
        let own = tensors.filter { $0.key.hasPrefix("blocks.\(block).") }
        try model.run(try model.block(block, replacing: own), &states)
      }
      return model.logits(states, head: tensors[tied ? "token_embedding.weight" : "head.weight"])
    }
    let expected = try logits(other)
    #expect(try logits(model, allTensors(other)) == expected)
    #expect(try logits(model) != expected)
  }

  @Test func whatHeadsRead() throws {
    let scratch = try Scratch()
    let exits = [ExitRecord(depth: 2, threshold: 0.5)]
    let artifact = try SmallModel(exits: exits).make(in: scratch)
    let model = try LayerwiseModel(
      artifact, numerics: .standard, pool: try ThreadPool(threads: 1))
    let states = (0..<512).map { Float($0 % 37) - 18 }
    #expect(try model.unembedded(states, depth: 1).isEmpty)
    let tensors = try allTensors(artifact)
    for (depth, norm) in [(2, "exits.2.norm.weight"), (3, "final_norm.weight")] {
      let weight = values(bytes(try #require(tensors[norm])), .f32, count: 256)
      let found = try model.unembedded(states, depth: depth)
      for row in 0..<2 {
        let own = states[(row * 256)..<(row * 256 + 256)]
        let square = own.reduce(0.0) { $0 + Double($1) * Double($1) } / 256
        for (column, value) in own.enumerated() {
          let expected = Double(value) / (square + 1e-5).squareRoot() * Double(weight[column])
          #expect(abs(Double(found[row * 256 + column]) - expected) <= 1e-5 * max(1, abs(expected)))
        }
      }
    }
  }

  /// A chain of tails that copy the model's next blocks reads what the model's head reads after
  /// these blocks, and is listed under the depth that its first exit reads.
  @Test func whatHeadsReadAfterTails() throws {
    let scratch = try Scratch()
    let artifact = try TinyModel.q4_1.withExits([1, 3, 5], into: scratch) {
      $0.placement.bodies = [
        .tail(blocks: 2), .tail(blocks: 2, map: AffineMap()), .tail(blocks: 1),
      ]
      $0.placement.replacesBlocks = true
      $0.tailStart = .next
    }
    let model = try LayerwiseModel(
      artifact, numerics: .standard, pool: try ThreadPool(threads: 1))
    var states = try model.embed([5, 6, 7])
    var found: [Float] = []
    for block in 0..<6 {
      try model.run(try model.block(block), &states)
      if block == 0 {
        found = try model.unembedded(states, depth: 1)
      } else if block < 5 {
        #expect(try model.unembedded(states, depth: block + 1).isEmpty)
      }
    }
    let width = model.configuration.hiddenSize
    #expect(found.count == 3 * 3 * width)
    #expect(Array(found.suffix(3 * width)) == (try model.unembedded(states, depth: 6)))
  }

  @Test func whatIsNoModelIsRefused() throws {
    let scratch = try Scratch()
    let (_, edge, _) = try TinyModel.sharded.bundles(exits: [2], into: scratch)
    try expectRefusal("found edge") {
      try LayerwiseModel(edge, numerics: .standard, pool: try ThreadPool(threads: 1))
    }
  }
}
