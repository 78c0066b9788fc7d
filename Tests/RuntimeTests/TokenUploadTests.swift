import CleaveExits
import CleaveModel
import CleaveRuntime
import TestSupport
import Testing

/// A cloud that holds all blocks and takes tokens in place of hidden states.
@Suite struct TokenUploadTests {
  typealias Options = EdgeSession.Options

  private func say(
    _ fixture: CloudFixture, _ encoding: StatesEncoding, _ thresholds: [Double],
    _ options: Options = .init(), _ sampling: Sampling = .greedy,
    _ limits: CloudLimits = CloudLimits()
  ) async throws -> (answers: [Answer], bytesUp: Int) {
    let client = try await CloudClient(
      InProcessLink(fixture.manager(limits)), edge: fixture.edge.manifest, encoding: encoding)
    let session = EdgeSession(
      fixture.edge, policy: ExitPolicy(thresholds: thresholds, mode: .collaborative),
      sampling: sampling, cloud: client, options: options, pool: fixture.pool)
    let answers = try await Generation(maxTokens: 30).run(session, prompt: fixture.prompt(7))
      .answers
    return (answers, await client.bytesUp)
  }

  /// Every mode says what it says with states.
  @Test(
    arguments: [
      Options(), Options(lookAhead: 6, leastChance: 0), Options(longestDraft: 4),
      Options(longestDraft: 3, lookAhead: 8, leastChance: 0),
    ], [Sampling.greedy, Sampling(temperature: 0.8, topK: 30, topP: 0.9, seed: 5)])
  func itAnswersAsWithStates(_ options: Options, _ sampling: Sampling) async throws {
    let (states, tokens) = (try CloudFixture(), try CloudFixture(takesTokens: true))
    for thresholds in [[2.0, 2], [0.012, 0.012], [0.008, 2]] {
      let expected = try await say(states, .float32, thresholds, options, sampling)
      let said = try await say(tokens, .tokens, thresholds, options, sampling)
      #expect(said.answers == expected.answers && said.bytesUp < expected.bytesUp)
    }
  }

  /// The model's own states come back, whichever way it was asked.
  @Test(arguments: FeedbackShape.all) func statesComeBack(_ shape: FeedbackShape) async throws {
    let fixture = try FeedbackFixture(shape)
    let scratch = try Scratch()
    let all = try TinyModel.partition(fixture.model, cloudTakesTokens: true, into: scratch)
    let cloud = try CloudModel(all.cloud)
    let prompt = fixture.prompt(4)
    let policy = try await fixture.policy(passing: 0.5, prompt: prompt)
    func say(_ manager: CloudContextManager, _ encoding: StatesEncoding) async throws -> [Answer] {
      let client = try await CloudClient(
        InProcessLink(manager), edge: fixture.edge.manifest, encoding: encoding,
        feedback: EdgeSession.feedback(fixture.edge, policy: policy))
      let session = EdgeSession(
        fixture.edge, policy: policy, cloud: client, pool: fixture.pool)
      return try await Generation(maxTokens: 20).run(session, prompt: prompt).answers
    }
    let expected = try await say(fixture.manager(), .float32)
    let manager = CloudContextManager(cloud, pool: fixture.pool)
    #expect(try await say(manager, .tokens) == expected)
    #expect(manager.meter.metrics.returnedPositions > 0)
  }

  private func open(_ fixture: CloudFixture, _ encodings: [StatesEncoding]) async throws -> (
    CloudStream, Message
  ) {
    guard case .open(var opening) = fixture.opening else { preconditionFailure("an opening") }
    opening.encodings = encodings
    let stream = await CloudStream(fixture.manager())
    await stream.send(.open(opening))
    return (stream, try await stream.reply())
  }

  private func tokens(_ tokens: [Int], count: Int? = nil) -> Message {
    .states(
      .init(
        firstPosition: 0, count: UInt32(count ?? tokens.count), encoding: .tokens,
        data: StatesCodec.encode(tokens)))
  }

  @Test func whatIsNoTokenIsRefused() async throws {
    let fixture = try CloudFixture(takesTokens: true)
    let vocabulary = fixture.manifest.configuration.vocabularySize
    let states = try fixture.states(fixture.prompt(1))
    var damaged = try #require(tokens([1, 2]).uploadedStates)
    damaged.data.removeLast()
    for (message, code) in [
      (tokens([1, vocabulary]), Message.Refusal.Code.malformed), (tokens([1 << 31]), .malformed),
      (tokens([1, 2], count: 3), .malformed), (tokens([], count: 0), .malformed),
      (.states(damaged), .malformed), (states, .encoding),
    ] {
      let (stream, opened) = try await open(fixture, [.float32, .tokens])
      #expect(opened == .opened(.init(encodings: [.tokens], window: 1024)))
      await stream.send(message)
      #expect(try await stream.answer().refused == code)
    }
  }

  @Test func eachKindOfCloudTakesItsOwn() async throws {
    let takesTokens = try CloudFixture(takesTokens: true)
    #expect(try await open(takesTokens, [.float32, .int8]).1.refused == .encoding)
    let takesStates = try CloudFixture()
    #expect(try await open(takesStates, [.tokens]).1.refused == .encoding)
    let (stream, opened) = try await open(takesStates, [.tokens, .int8])
    #expect(opened == .opened(.init(encodings: [.int8], window: 1024)))
    await stream.send(tokens([1, 2]))
    #expect(try await stream.answer().refused == .encoding)
  }

  /// Sessions that push one another out send their tokens again.
  @Test func anEvictedSessionSendsThemAgain() async throws {
    let fixture = try CloudFixture(takesTokens: true)
    var limits = CloudLimits()
    let configuration = fixture.manifest.configuration
    limits.bytes =
      5
      * (2 * configuration.blockCount * configuration.kvSize * 2 * 64
        + 2 * 4 * 40 * configuration.hiddenSize) / 2
    let cloud = fixture.manager(limits)
    var sessions: [(EdgeSession, CloudClient)] = []
    for seed in 0..<6 {
      let client = try await CloudClient(
        InProcessLink(cloud), edge: fixture.edge.manifest, encoding: .tokens)
      sessions.append(
        (
          EdgeSession(fixture.edge, policy: .off(exits: 2), cloud: client, pool: fixture.pool),
          client
        ))
      try await sessions[seed].0.feed(fixture.prompt(seed))
    }
    var texts = [[Int]](repeating: [], count: 6)
    for step in 0..<36 {
      let index = step % 6
      let token = try await sessions[index].0.answer().token
      texts[index].append(token)
      try await sessions[index].0.feed([token])
    }
    for seed in 0..<6 {
      #expect(texts[seed] == (try await fixture.tokens(after: fixture.prompt(seed), 6)))
      #expect(await sessions[seed].1.resends > 0)
    }
  }
}
