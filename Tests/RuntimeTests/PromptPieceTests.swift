import CleaveExits
import CleaveModel
import CleaveRuntime
import TestSupport
import Testing

/// Prompts that are fed in pieces.
@Suite struct PromptPieceTests {
  private static func generation(inPieces: Bool) -> Generation {
    var generation = Generation(maxTokens: 12)
    generation.feedsInPieces = inPieces
    return generation
  }

  @Test func aPromptCanBeWatchedAndEnded() async throws {
    let scratch = try Scratch()
    let model = try WholeModel(try TinyModel.llama3.imported(into: scratch))
    let pool = try ThreadPool(threads: 1)
    let prompt = (0..<300).map { 3 + $0 * 7 % 300 }
    var fed: [Int] = []
    let pieces = try await Self.generation(inPieces: true).run(
      WholeModelSession(model, pool: pool), prompt: prompt,
      onPrompt: {
        fed.append($0)
        return true
      })
    #expect(fed == [128, 256, 300])
    let whole = try await Self.generation(inPieces: false).run(
      WholeModelSession(model, pool: pool), prompt: prompt)
    #expect(pieces.all.map(\.token) == whole.all.map(\.token))
    fed = []
    let session = WholeModelSession(model, pool: pool)
    let ended = try await Self.generation(inPieces: true).run(
      session, prompt: prompt,
      onPrompt: {
        fed.append($0)
        return fed.count < 2
      })
    #expect(fed == [128, 256] && ended.answers.isEmpty && ended.end == .caller)
  }

  /// The last piece of 129 tokens is a single token, as one of the answer is.
  @Test(
    arguments: [129, 200],
    [EdgeSession.Options(), .init(longestDraft: 3, lookAhead: 4, leastChance: 0)])
  func anEdgeSaysTheSame(count: Int, options: EdgeSession.Options) async throws {
    let fixture = try CloudFixture()
    var said: [[Int]] = []
    for inPieces in [false, true] {
      let client = try await CloudClient(
        InProcessLink(fixture.manager()), edge: fixture.edge.manifest)
      let session = EdgeSession(
        fixture.edge, policy: ExitPolicy(thresholds: [0.012, 0.012], mode: .collaborative),
        cloud: client, options: options, pool: fixture.pool)
      let result = try await Self.generation(inPieces: inPieces).run(
        session, prompt: fixture.prompt(7, count: count))
      said.append(result.all.map(\.token))
    }
    #expect(said[0] == said[1])
  }
}
