import CleaveExits
import CleaveConvert
import CleaveModel
import CleaveRuntime
import TestSupport
import Testing

/// A model that went out into a GGUF file and came back says what transformers says of the original.
@Suite struct ExportedModelTests {
  private let pool: ThreadPool

  init() throws { pool = try ThreadPool(threads: 2) }

  private func reimported(_ artifact: Artifact, exit: Int? = nil, _ scratch: Scratch) throws
    -> WholeModel
  {
    var export = GGUFExport(source: artifact.path, target: scratch("export.gguf"))
    export.exit = exit
    export.force = true
    _ = try export.run()
    var importer = Importer(source: scratch("export.gguf"), target: scratch("again"))
    importer.force = true
    _ = try importer.run()
    return try WholeModel(try Artifact(opening: scratch("again")))
  }

  @Test(arguments: TinyModel.all)
  func greedyTokensAreThoseOfTransformers(_ tiny: TinyModel) async throws {
    let scratch = try Scratch()
    let model = try reimported(try tiny.imported(into: scratch), scratch)
    for prompt in try tiny.expected() {
      let answers = try await Generation(maxTokens: prompt.greedy.count)
        .run(WholeModelSession(model, numerics: .exact, pool: pool), prompt: prompt.ids).answers
      #expect(answers.map(\.token) == prompt.greedy)
    }
  }

  /// transformers applied the final norm and the head to the state after so many blocks.
  @Test(arguments: [TinyModel.llama3, .sharded], [2, 4])
  func anExitSaysWhatTransformersSaysThere(_ tiny: TinyModel, depth: Int) async throws {
    let scratch = try Scratch()
    let model = try reimported(
      try tiny.withExits([2, 4], into: scratch), exit: depth, scratch)
    #expect(model.manifest.configuration.blockCount == depth)
    for prompt in try tiny.expected() {
      let session = WholeModelSession(model, numerics: .exact, pool: pool)
      try await session.feed(prompt.ids)
      let answer = try await session.answer()
      let judged = try #require(prompt.exits[depth])
      #expect(answer.token == judged.token)
      #expect(abs(answer.confidence - judged.probability) < 1e-3)
    }
  }

  /// Blocks and tails on the way to an exit become the blocks of a model.
  @Test(arguments: [false, true])
  func anExitWithATailSaysWhatTheEdgeSaysAlone(replace: Bool) async throws {
    let scratch = try Scratch()
    let exits = try TinyModel.q4_1.withExits([2, 4], into: scratch) {
      $0.placement.bodies = [.tail(blocks: 1), .tail(blocks: 3)]
      $0.placement.replacesBlocks = replace
    }
    let random = try RandomExits(exits, type: .q8_0, into: scratch).artifact
    let bundle = try EdgeModel(try TinyModel.partition(random, into: scratch).edge)
    for (index, blocks) in [3, replace ? 6 : 7].enumerated() {
      let model = try reimported(random, exit: [2, 4][index], scratch)
      #expect(model.manifest.configuration.blockCount == blocks)
      let prompt = try TinyModel.q4_1.expected()[1].ids
      let policy = ExitPolicy(thresholds: [index == 0 ? 0 : 2, 0], mode: .standalone)
      let alone = try await Generation(maxTokens: 32)
        .run(EdgeSession(bundle, policy: policy, pool: pool), prompt: prompt).answers
      let exported = try await Generation(maxTokens: 32)
        .run(WholeModelSession(model, pool: pool), prompt: prompt).answers
      #expect(alone.map(\.token) == exported.map(\.token))
      #expect(alone.map(\.confidence) == exported.map(\.confidence))
    }
  }

  /// The edge alone with every threshold at 0, on and on.
  @Test func anExitSaysWhatTheEdgeSaysAlone() async throws {
    let scratch = try Scratch()
    let (_, edge, _) = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
    let bundle = try EdgeModel(edge)
    let model = try reimported(edge, exit: 2, scratch)
    for prompt in try TinyModel.llama3.expected() {
      let alone = try await Generation(maxTokens: 32).run(
        EdgeSession(
          bundle, policy: ExitPolicy(thresholds: [0, 0], mode: .standalone), numerics: .exact,
          pool: pool),
        prompt: prompt.ids
      ).answers.map(\.token)
      let exported = try await Generation(maxTokens: 32)
        .run(WholeModelSession(model, numerics: .exact, pool: pool), prompt: prompt.ids).answers
        .map(\.token)
      #expect(alone == exported && alone.count == 32)
    }
  }
}
