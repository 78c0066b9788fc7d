import CleaveExits
import CleaveModel
import CleaveRuntime
import TestSupport
import Testing

/// What exits say depends on the text and on where the cloud was asked, and on nothing else.
@Suite(.timeLimit(.minutes(3))) struct FeedbackTests {
  typealias Options = EdgeSession.Options

  private static let samplings = [
    Sampling.greedy, Sampling(temperature: 0.8, topK: 30, topP: 0.9, seed: 5),
  ]
  private static let generation = Generation(maxTokens: 30)

  /// By the definition, place by place.
  @Test(arguments: FeedbackShape.all, [0.4, 0.8])
  func answersAreThoseOfTheDefinition(_ shape: FeedbackShape, share: Double) async throws {
    let fixture = try FeedbackFixture(shape)
    let prompt = fixture.prompt(4)
    let policy = try await fixture.policy(passing: share, prompt: prompt)
    let (session, client) = try await fixture.session(InProcessLink(fixture.manager()), policy)
    let answers = try await Self.generation.run(session, prompt: prompt).answers
    let expected = try await fixture.expected(policy, prompt: prompt, answers.map(\.token))
    #expect(answers.map(\.token) == expected.map(\.token))
    #expect(answers.map(\.source) == expected.map(\.source))
    for (answer, expected) in zip(answers, expected) where answer.source != .cloud {
      #expect(answer.confidence == expected.confidence)
    }
    // The definition would not do without what comes back.
    let without = try await fixture.expected(
      policy, prompt: prompt, answers.map(\.token), asks: false)
    #expect(
      zip(answers, without).contains { $0.source != .cloud && $0.confidence != $1.confidence })
    #expect(await client.bytesDown > prompt.count * fixture.hidden)
  }

  /// Over a fast link and a slow one, with and without going ahead.
  @Test(arguments: FeedbackShape.all.map(Optional.some) + [nil], samplings)
  func whatIsAheadChangesNothing(_ shape: FeedbackShape?, _ sampling: Sampling) async throws {
    let fixture = try shape.map(FeedbackFixture.init) ?? .close()
    var (ahead, accepted) = (0, 0)
    for (seed, share) in [(4, 0.5), (6, 0.8)] {
      let prompt = fixture.prompt(seed)
      let policy = try await fixture.policy(passing: share, prompt: prompt)
      let plain = try await fixture.session(
        InProcessLink(fixture.manager()), policy, sampling: sampling)
      let answers = try await Self.generation.run(plain.session, prompt: prompt).answers
      for lookAhead in [1, 3, 16] {
        for link in [
          InProcessLink(fixture.manager()) as any CloudLink, LateLink(fixture.manager()),
        ] {
          let (session, _) = try await fixture.session(
            link, policy, options: Options(lookAhead: lookAhead, leastChance: 0), sampling: sampling
          )
          let said = try await Self.generation.run(session, prompt: prompt).answers
          #expect(said == answers)
          ahead += await session.counts.lookAheads
          accepted += await session.counts.lookAheadsAccepted
        }
      }
    }
    #expect(ahead > 0)
    #expect(shape != nil || (accepted > 0 && accepted < ahead))
  }

  /// Whatever exits say: the whole model's text.
  @Test(arguments: FeedbackShape.all.map(Optional.some) + [nil], samplings)
  func losslessIsTheWholeModel(_ shape: FeedbackShape?, _ sampling: Sampling) async throws {
    let fixture = try shape.map(FeedbackFixture.init) ?? .close()
    let prompt = fixture.prompt(7)
    let whole = try await fixture.tokens(after: prompt, 30, sampling: sampling)
    let policy = try await fixture.policy(passing: 0.7, prompt: prompt)
    for options in [
      Options(longestDraft: 1), Options(longestDraft: 5),
      Options(longestDraft: 3, lookAhead: 8, leastChance: 0),
      Options(longestDraft: 1, lookAhead: 30, leastChance: 0),
    ] {
      for link in [
        InProcessLink(fixture.manager()) as any CloudLink, LateLink(fixture.manager()),
      ] {
        let (session, _) = try await fixture.session(
          link, policy, options: options, sampling: sampling)
        let said = try await Self.generation.run(session, prompt: prompt).answers
        #expect(said.map(\.token) == whole)
        #expect(await session.counts.drafted > 0)
      }
    }
  }

  /// Exits that never answer want nothing back, and the text is the whole model's.
  @Test(arguments: FeedbackShape.all)
  func withExitsOffNothingComesBack(_ shape: FeedbackShape) async throws {
    let fixture = try FeedbackFixture(shape)
    let policy = ExitPolicy.off(exits: 2)
    #expect(EdgeSession.feedback(fixture.edge, policy: policy) == nil)
    #expect(
      EdgeSession.feedback(
        fixture.edge, policy: policy, options: .init(lookAhead: 2, leastChance: 0))
        == (shape == .beside ? nil : shape.feedback))
    let cloud = fixture.manager()
    let (session, _) = try await fixture.session(InProcessLink(cloud), policy)
    let prompt = fixture.prompt(3)
    let said = try await Self.generation.run(session, prompt: prompt).answers
    #expect(try await said.map(\.token) == fixture.tokens(after: prompt, 30))
    #expect(cloud.meter.metrics.returnedPositions == 0)
  }

  /// Told to do without, exits say what they say alone, and nothing comes down.
  @Test func withoutFeedbackNothingTakesEffect() async throws {
    let fixture = try FeedbackFixture(.chain)
    let prompt = fixture.prompt(4)
    let policy = try await fixture.policy(passing: 0.5, prompt: prompt)
    let cloud = fixture.manager()
    let (session, _) = try await fixture.session(
      InProcessLink(cloud), policy, options: Options(withoutFeedback: true))
    let said = try await Self.generation.run(session, prompt: prompt).answers
    let expected = try await fixture.expected(
      policy, prompt: prompt, said.map(\.token), asks: false)
    #expect(said.map(\.source) == expected.map(\.source))
    #expect(said.map(\.token) == expected.map(\.token))
    #expect(cloud.meter.metrics.returnedPositions == 0)
  }

  /// Each position's state comes down once, however the prompt was cut into passes.
  @Test func eachStateComesBackOnce() async throws {
    let fixture = try FeedbackFixture(.chain)
    let prompt = fixture.prompt(5, count: 300)
    let policy = try await fixture.policy(passing: 0.5, prompt: prompt)
    let cloud = fixture.manager()
    let (session, client) = try await fixture.session(InProcessLink(cloud), policy)
    let said = try await Self.generation.run(session, prompt: prompt).answers
    let last = try #require(said.lastIndex { $0.source == .cloud })
    let metrics = cloud.meter.metrics
    let codec = StatesCodec(FeedbackShape.chain.feedback, hiddenSize: fixture.hidden)
    #expect(metrics.returnedPositions == prompt.count + last)
    #expect(metrics.returnedBytes == metrics.returnedPositions * codec.positionBytes)
    #expect(await client.bytesDown > metrics.returnedBytes)
    let expected = try await fixture.expected(policy, prompt: prompt, said.map(\.token))
    #expect(said.map(\.token) == expected.map(\.token))
  }

  /// Sessions that push one another out, and connections that end, get some states twice and say the same.
  @Test(arguments: [Options(), Options(lookAhead: 4, leastChance: 0)])
  func whatIsSentAgainChangesNothing(_ options: Options) async throws {
    let fixture = try FeedbackFixture.close()
    let policy = try await fixture.policy(passing: 0.6, prompt: fixture.prompt(2))
    var limits = CloudLimits()
    // Room for one session and a half.
    limits.bytes = 3 * fixture.bytes(positions: 48) / 2
    // A session whose turn it is not does not come back yet, and the others wait.
    limits.reservation = .milliseconds(40)
    let cloud = fixture.manager(limits)
    var texts: [[Answer]] = []
    for seed in 0..<3 {
      let plain = try await fixture.session(InProcessLink(fixture.manager()), policy)
      texts.append(
        try await Self.generation.run(plain.session, prompt: fixture.prompt(seed)).answers)
    }
    var sessions: [(session: EdgeSession, client: CloudClient)] = []
    for seed in 0..<3 {
      let link = ShortLink(cloud, replies: 12)
      var reconnection = CloudClient.Reconnection { ShortLink(cloud, replies: 7 + seed) }
      reconnection.delay = .milliseconds(1)
      sessions.append(
        try await fixture.session(
          link, policy, options: options,
          reconnection: reconnection))
      try await sessions[seed].session.feed(fixture.prompt(seed))
    }
    for place in 0..<30 {
      for seed in 0..<3 {
        let answer = try await sessions[seed].session.answer()
        #expect(answer == texts[seed][place])
        try await sessions[seed].session.feed([answer.token])
      }
    }
    #expect(cloud.meter.metrics.evictions > 0)
    for (_, client) in sessions { #expect(await client.reconnections > 0) }
  }

  /// A caller who goes another way takes back what was asked about the way not taken.
  @Test(arguments: FeedbackShape.all.map(Optional.some) + [nil])
  func theCallerMayGoAnotherWay(_ shape: FeedbackShape?) async throws {
    let fixture = try shape.map(FeedbackFixture.init) ?? .close()
    let prompt = fixture.prompt(8)
    let policy = try await fixture.policy(passing: 0.7, prompt: prompt)
    let plain = try await fixture.session(InProcessLink(fixture.manager()), policy)
    let sessions =
      [plain] + [
        try await fixture.session(
          InProcessLink(fixture.manager()), policy, options: Options(lookAhead: 8, leastChance: 0)),
        try await fixture.session(
          LateLink(fixture.manager()), policy, options: Options(lookAhead: 3, leastChance: 0)),
      ]
    for (session, _) in sessions { try await session.feed(prompt) }
    for step in 0..<24 {
      let expected = try await plain.session.answer()
      let next = step % 4 == 3 ? (expected.token + 1) % 300 : expected.token
      for (session, _) in sessions {
        #expect(try await session.answer() == expected, "step \(step)")
        try await session.feed([next])
      }
    }
  }

  /// An answer that does not come leaves exits with what they had.
  @Test func aFallbackTakesNothingBack() async throws {
    let fixture = try FeedbackFixture(.chain)
    let prompt = fixture.prompt(4)
    let policy = try await fixture.policy(passing: 0.4, prompt: prompt)
    let options = Options(maxWait: .nanoseconds(1))
    let cloud = fixture.manager()
    let client = try await CloudClient(
      patient: .init { DeafLink(cloud) }, edge: fixture.edge.manifest,
      feedback: EdgeSession.feedback(fixture.edge, policy: policy, options: options))
    let session = EdgeSession(
      fixture.edge, policy: policy, cloud: client, options: options, pool: fixture.pool)
    let said = try await Self.generation.run(session, prompt: prompt).answers
    var reader = ExitReader(fixture.edge, pool: fixture.pool)
    let alone = try reader.answers(after: prompt + said.dropLast().map(\.token), last: said.count)
    #expect(said.contains { $0.isFallback })
    for (place, answer) in said.enumerated() where answer.isFallback {
      #expect(
        answer.token == alone[1][place].token && answer.confidence == alone[1][place].maxProbability
      )
    }
  }
}

/// A link whose only reply is that the session is open.
private struct DeafLink: CloudLink {
  let link: InProcessLink

  init(_ cloud: CloudContextManager) { link = InProcessLink(cloud) }

  func send(_ message: Message) { link.send(message) }
  func receive() async throws -> Message {
    let message = try await link.receive()
    if case .opened = message { return message }
    return try await receive()
  }
  func receive(within limit: Duration?) async throws -> Message {
    let message = try await link.receive(within: limit)
    if case .opened = message { return message }
    return try await receive(within: limit)
  }
  func poll() throws -> Message? { nil }
  func close() { link.close() }
}
