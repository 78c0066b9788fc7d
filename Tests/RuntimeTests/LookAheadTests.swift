import CleaveExits
import CleaveModel
import CleaveRuntime
import TestSupport
import Testing

/// An edge that goes ahead of its cloud says what it would have said without.
@Suite struct LookAheadTests {
  typealias Options = EdgeSession.Options

  private static let samplings = [
    Sampling.greedy, Sampling(temperature: 0.8, topK: 30, topP: 0.9, seed: 5),
  ]
  private static let lookAheads = [1, 4, 16].map { Options(lookAhead: $0, leastChance: 0) }
  private static let drafts = [
    Options(longestDraft: 1), Options(longestDraft: 5), Options(longestDraft: 64),
    Options(longestDraft: 3, lookAhead: 8, leastChance: 0), Options(longestDraft: 1, lookAhead: 30),
  ]

  private struct Said {
    var answers: [Answer]
    var counts: EdgeSession.Counts
  }

  private func say(
    _ fixture: CloudFixture, _ options: Options, thresholds: [Double], _ sampling: Sampling,
    maxTokens: Int = 20, slow: Bool = false
  ) async throws -> Said {
    let link = InProcessLink(fixture.manager())
    let client = try await CloudClient(
      slow ? BlindLink(link: link) : link, edge: fixture.edge.manifest)
    let session = EdgeSession(
      fixture.edge, policy: ExitPolicy(thresholds: thresholds, mode: .collaborative),
      sampling: sampling, cloud: client, options: options, pool: fixture.pool)
    let result = try await Generation(maxTokens: maxTokens)
      .run(session, prompt: fixture.prompt(7))
    return Said(answers: result.answers, counts: await session.counts)
  }

  /// Thresholds about what exits of a model that knows nothing are sure of: some tokens are the exits', some
  /// the cloud's.
  private static let thresholds = [[2.0, 2], [0.012, 0.012], [0.008, 2]]

  @Test(arguments: lookAheads, samplings)
  func guessesChangeNothing(_ options: Options, _ sampling: Sampling) async throws {
    let fixture = try CloudFixture()
    for thresholds in Self.thresholds {
      let plain = try await say(fixture, Options(), thresholds: thresholds, sampling)
      for slow in [false, true] {
        let ahead = try await say(
          fixture, options, thresholds: thresholds, sampling, slow: slow)
        #expect(ahead.answers == plain.answers)
        #expect(!slow || thresholds[0] < 2 || ahead.counts.lookAheads > 0)
      }
    }
  }

  /// Whatever exits say: the whole model's text, greedy and sampled.
  @Test(arguments: drafts, samplings)
  func losslessIsTheWholeModel(_ options: Options, _ sampling: Sampling) async throws {
    let fixture = try CloudFixture()
    let whole = try await fixture.tokens(after: fixture.prompt(7), 20, sampling: sampling)
    for thresholds in Self.thresholds + [[0, 0], [2, 0]] {
      for slow in [false, true] {
        let said = try await say(
          fixture, options, thresholds: thresholds, sampling, slow: slow)
        #expect(said.answers.map(\.token) == whole)
        #expect(thresholds[1] > 0 || said.counts.drafted > 0)
      }
    }
  }

  /// To the last position that the model has.
  @Test(arguments: drafts + lookAheads)
  func theContextEndsWhereItEnds(_ options: Options) async throws {
    let fixture = try CloudFixture()
    let limit = fixture.manifest.configuration.contextLength
    let plain = try await say(
      fixture, Options(), thresholds: [2, 2], .greedy, maxTokens: limit)
    let said = try await say(
      fixture, options, thresholds: options.longestDraft > 0 ? [0, 0] : [2, 2], .greedy,
      maxTokens: limit)
    #expect(said.answers.map(\.token) == plain.answers.map(\.token))
    #expect(said.answers.count > 20)
  }

  /// A caller who does not take what was answered.
  @Test(arguments: [
    Options(), Options(lookAhead: 8, leastChance: 0), Options(longestDraft: 4, lookAhead: 8),
  ])
  func theCallerMayGoAnotherWay(_ options: Options) async throws {
    let fixture = try CloudFixture()
    let client = try await CloudClient(
      InProcessLink(fixture.manager()), edge: fixture.edge.manifest)
    let session = EdgeSession(
      fixture.edge,
      policy: ExitPolicy(
        thresholds: options.longestDraft > 0 ? [0, 0] : [2, 2], mode: .collaborative),
      cloud: client, options: options, pool: fixture.pool)
    let whole = WholeModelSession(fixture.whole, pool: fixture.pool)
    try await session.feed(fixture.prompt(8))
    try await whole.feed(fixture.prompt(8))
    for step in 0..<12 {
      let (answer, expected) = (try await session.answer(), try await whole.answer())
      #expect(answer.token == expected.token)
      // Asking again says the same.
      #expect(try await session.answer() == answer)
      let next = step % 3 == 2 ? (answer.token + 1) % 300 : answer.token
      try await session.feed([next])
      try await whole.feed([next])
    }
  }

  /// An edge whose drafts are likely wrong waits, and says the same.
  @Test func poorDraftsAreNotGoneOnFrom() async throws {
    let fixture = try CloudFixture()
    let thresholds = [2.0, 2]
    let plain = try await say(fixture, Options(), thresholds: thresholds, .greedy)
    for (least, goesOn) in [(1.1, false), (0, true)] {
      let options = Options(lookAhead: 8, leastChance: least)
      let said = try await say(fixture, options, thresholds: thresholds, .greedy, slow: true)
      #expect(said.answers == plain.answers)
      #expect((said.counts.lookAheads > 0) == goesOn)
    }
  }

  /// A token that was taken back cannot be answered any more: whoever goes another way gets the answers of a
  /// session that never was elsewhere.
  @Test func aTextThatIsTakenBackIsForgotten() async throws {
    let (scratch, pool) = (try Scratch(), try ThreadPool(threads: 1))
    let exits = try TinyModel.q4_1.withExits([2, 4], into: scratch)
    let made = try VocabularyModel.make([4, 5], of: exits, includesText: true, into: scratch)
    let (edge, cloud) = try TinyModel.partition(made, into: scratch)
    let manager = CloudContextManager(try CloudModel(cloud), pool: pool)
    let model = try EdgeModel(edge)
    func session(_ options: Options) async throws -> EdgeSession {
      let link = BlindLink(link: InProcessLink(manager))
      return EdgeSession(
        model, policy: .init(thresholds: [2, 0.4], mode: .collaborative),
        cloud: try await CloudClient(link, edge: edge.manifest), options: options, pool: pool)
    }
    let (plain, ahead) = (
      try await session(Options()), try await session(Options(lookAhead: 6, leastChance: 0))
    )
    var said: [Answer] = []
    for step in 0..<24 {
      let fed = step == 0 ? [9, 31] : [step % 2 == 0 ? step * 53 % 320 : said[step - 1].token]
      for session in [plain, ahead] { try await session.feed(fed) }
      said.append(try await plain.answer())
      #expect(try await ahead.answer() == said[step])
    }
    #expect(await ahead.counts.lookAheads > 0)
    #expect(Set(said.map(\.source)) == [.cloud, .exit(depth: 4)])
  }
}

/// A link whose replies are not seen before somebody waits: the edge goes as far ahead as it may.
private struct BlindLink: CloudLink {
  let link: InProcessLink

  func send(_ message: Message) { link.send(message) }
  func receive() async throws -> Message { try await link.receive() }
  func receive(within limit: Duration?) async throws -> Message {
    try await link.receive(within: limit)
  }
  func poll() throws -> Message? { nil }
  func close() { link.close() }
}
