import CleaveExits
import CleaveRuntime
import Synchronization
import TestSupport
import Testing

/// Many sessions in little memory.
@Suite(.timeLimit(.minutes(3))) struct CloudMemoryTests {
  private func limits(bytes: Int, sessions: Int = 256) -> CloudLimits {
    var limits = CloudLimits()
    limits.bytes = bytes
    limits.sessions = sessions
    return limits
  }

  private func session(
    _ fixture: CloudFixture, _ cloud: CloudContextManager, options: EdgeSession.Options = .init(),
    sampling: Sampling = .greedy
  ) async throws -> (EdgeSession, CloudClient) {
    let client = try await CloudClient(InProcessLink(cloud), edge: fixture.edge.manifest)
    let session = EdgeSession(
      fixture.edge, policy: .off(exits: 2), sampling: sampling,
      cloud: client, options: options, pool: fixture.pool)
    return (session, client)
  }

  /// Bytes of one session of this many positions, as a cloud charges them at the most.
  private func bytes(_ fixture: CloudFixture, positions: Int) -> Int {
    let configuration = fixture.manifest.configuration
    let blocks = fixture.manifest.blocks.count
    let tiles = (positions + 63) / 64 * 64
    return 2 * blocks * configuration.kvSize * 2 * tiles
      + 2 * 4 * positions * configuration.hiddenSize
  }

  /// Sessions that take turns push one another out, and say what they would have said alone.
  @Test func whoIsPushedOutComesBack() async throws {
    let fixture = try CloudFixture()
    let room = 5 * bytes(fixture, positions: 40) / 2
    let cloud = fixture.manager(limits(bytes: room))
    var sessions: [(EdgeSession, CloudClient)] = []
    for seed in 0..<6 {
      sessions.append(try await session(fixture, cloud))
      try await sessions[seed].0.feed(fixture.prompt(seed))
    }
    var texts = Array(repeating: [Int](), count: 6)
    for _ in 0..<6 {
      for index in sessions.indices {
        let token = try await sessions[index].0.answer().token
        texts[index].append(token)
        try await sessions[index].0.feed([token])
        #expect(cloud.meter.metrics.bytes <= room)
      }
    }
    for seed in 0..<6 {
      #expect(texts[seed] == (try await fixture.tokens(after: fixture.prompt(seed), 6)))
      #expect(await sessions[seed].1.resends > 0)
    }
    #expect(cloud.meter.metrics.evictions > 6)
  }

  /// All at once, in memory for a few: none fails, none sees another's states.
  @Test(arguments: [EdgeSession.Options(), .init(lookAhead: 6, leastChance: 0)])
  func twoHundredAtOnce(_ options: EdgeSession.Options) async throws {
    let fixture = try CloudFixture()
    let room = 12 * bytes(fixture, positions: 100)
    let cloud = fixture.manager(limits(bytes: room))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for seed in 0..<200 {
        group.addTask {
          let sampling = Sampling(
            temperature: seed % 3 == 0 ? 0.8 : 0, topK: 0, topP: 1, seed: UInt64(seed))
          let prompt = fixture.prompt(seed, count: 2 + seed % 40)
          let (session, client) = try await session(
            fixture, cloud, options: options, sampling: sampling)
          let text = try await Generation(maxTokens: 8).run(session, prompt: prompt)
          #expect(cloud.meter.metrics.bytes <= room)
          let alone = try await fixture.tokens(after: prompt, 8, sampling: sampling)
          #expect(text.answers.map(\.token) == alone, "\(seed)")
          await client.close()
        }
      }
      try await group.waitForAll()
    }
    let metrics = cloud.meter.metrics
    #expect(metrics.evictions > 0 && metrics.asks >= 200 * 8)
    // They ran together.
    #expect(metrics.passSessions > metrics.passes && metrics.passes > 0)
  }

  @Test func aSessionThatIsLargerThanTheCloudIsRefused() async throws {
    let fixture = try CloudFixture()
    let cloud = fixture.manager(limits(bytes: 4096))
    let (session, _) = try await session(fixture, cloud)
    try await session.feed(fixture.prompt(1, count: 60))
    let error = await #expect(throws: CloudRefusal.self) { try await session.answer() }
    #expect(error?.refusal.code == .contextLimit)
  }

  /// The system runs out of memory in the middle of one session's KV cache: that session is refused, the
  /// others go on, and the slot it leaves behind serves the next one.
  @Test func aSessionWithoutMemoryIsRefusedAlone() async throws {
    let fixture = try CloudFixture()
    let configuration = fixture.manifest.configuration
    let tile = 64 * configuration.kvSize * MemoryLayout<UInt16>.size
    let halves = 2 * fixture.manifest.blocks.count
    // What the first session takes.
    let left = Mutex(tile * halves)
    let cloud = fixture.manager { bytes in
      left.withLock {
        $0 -= bytes
        return $0 >= 0
      }
    }
    let prompt = fixture.prompt(1)
    let text = try await fixture.tokens(after: prompt, 2)
    let first = await CloudStream(cloud)
    await first.send(fixture.opening, try fixture.states(prompt), .ask(5))
    _ = try await first.reply()
    #expect(try await first.answer().said == [5, text[0]])

    // Two tiles for all but one half.
    left.withLock { $0 = 2 * tile * (halves - 1) }
    let second = await CloudStream(cloud)
    await second.send(
      fixture.opening, try fixture.states(fixture.prompt(2, count: 100)), .ask(100))
    _ = try await second.reply()
    #expect(try await second.answer().refused == .unavailable)
    #expect(await cloud.sessionCount == 1)

    await first.send(try fixture.states(prompt + text[..<1], from: 5), .ask(6))
    #expect(try await first.answer().said == [6, text[1]])

    left.withLock { $0 = tile * halves }
    let third = await CloudStream(cloud)
    await third.send(fixture.opening, try fixture.states(prompt), .ask(5))
    _ = try await third.reply()
    #expect(try await third.answer().said == [5, text[0]])
  }

  @Test func aClientHasItsShare() async throws {
    let fixture = try CloudFixture()
    var limits = CloudLimits()
    limits.sessionsPerClient = 1
    let cloud = fixture.manager(limits)
    for (client, isOpened) in [("a", true), ("a", false), ("b", true)] {
      let stream = await CloudStream(cloud, client: client)
      await stream.send(fixture.opening)
      let reply = try await stream.reply()
      #expect(isOpened ? reply.refused == nil : reply.refused == .tooManySessions)
    }
  }

  @Test func silenceEnds() async throws {
    let fixture = try CloudFixture()
    var limits = CloudLimits()
    limits.idle = .milliseconds(100)
    let cloud = fixture.manager(limits)
    let stream = await CloudStream(cloud)
    await stream.send(fixture.opening)
    _ = try await stream.reply()
    #expect(try await stream.reply().refused == .unavailable)
    #expect(await cloud.sessionCount == 0)
    #expect(cloud.meter.metrics.expirations == 1)
  }

  /// Who uploads faster than allowed is read more slowly, and answered all the same.
  @Test func aFastClientIsSlowedDown() async throws {
    let fixture = try CloudFixture()
    var limits = CloudLimits()
    limits.positionsPerSecond = 40
    let cloud = fixture.manager(limits)
    let (session, _) = try await session(fixture, cloud)
    let prompt = fixture.prompt(1, count: 45)
    let text = try await Generation(maxTokens: 3).run(session, prompt: prompt)
    #expect(text.answers.map(\.token) == (try await fixture.tokens(after: prompt, 3)))
    #expect(cloud.meter.metrics.throttledSeconds > 0)
  }
}
