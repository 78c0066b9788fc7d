import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Embeddings of positions, which are added to those of tokens.
@Suite struct LearnedPositionsTests {
  private let scratch: Scratch
  private let pool: ThreadPool
  private let tiny: TinyModel

  init() throws {
    scratch = try Scratch()
    pool = try ThreadPool(threads: 2)
    tiny = try #require(TinyModel.families.first { $0.checkpoint == "families/gpt2" })
  }

  @Test func rowsAreAdded() throws {
    let model = try tiny.imported(into: scratch)
    let tensors = try model.tensors(in: ArtifactLayout.embedding)
    let words = try #require(tensors[WeightName.tokenEmbedding.text]).floats()
    let positions = try #require(tensors[WeightName.positionEmbedding.text]).floats()
    let layers = try LayerwiseModel(model, numerics: .exact, pool: pool)
    let (tokens, hidden) = ([9, 9, 319, 0], model.manifest.configuration.hiddenSize)
    let expected = tokens.enumerated().flatMap { position, token in
      (0..<hidden).map { words[token * hidden + $0] + positions[position * hidden + $0] }
    }
    #expect(try layers.embed(tokens) == expected)
  }

  @Test func positionsWithoutAnEmbeddingAreRefused() throws {
    let layers = try LayerwiseModel(try tiny.imported(into: scratch), numerics: .exact, pool: pool)
    _ = try layers.embed([Int](repeating: 7, count: 512))
    let error = #expect(throws: InputError.self) {
      try layers.embed([Int](repeating: 7, count: 513))
    }
    #expect(error?.found == "513 positions" && error?.expected.contains("512") == true)
  }

  /// A token that is taken back and another one in its place stand at the same position.
  @Test func anotherTokenTakesThePlace() throws {
    let model = try tiny.imported(into: scratch)
    let (one, other) = (
      try SteppedStates(model, depth: 2, pool: pool), try SteppedStates(model, depth: 2, pool: pool)
    )
    _ = try one.append([5, 6, 7])
    one.dropLast()
    _ = try other.append([5, 6])
    #expect(try one.append([8, 9]) == other.append([8, 9]))
  }

  /// A cloud that takes tokens knows at which positions they stand.
  @Test func aCloudOfTokensSaysTheSame() async throws {
    var answers: [[Answer]] = []
    for takesTokens in [false, true] {
      let fixture = try CloudFixture(tiny, takesTokens: takesTokens)
      let client = try await CloudClient(
        InProcessLink(fixture.manager()), edge: fixture.edge.manifest,
        encoding: takesTokens ? .tokens : .float32)
      let session = EdgeSession(
        fixture.edge, policy: ExitPolicy(thresholds: [0.012, 0.012], mode: .collaborative),
        cloud: client, options: EdgeSession.Options(longestDraft: 4), pool: fixture.pool)
      answers.append(
        try await Generation(maxTokens: 30).run(session, prompt: [9, 200, 31, 7]).answers)
    }
    #expect(answers[0] == answers[1])
    #expect(answers[0].contains { $0.source == .cloud })
  }
}
