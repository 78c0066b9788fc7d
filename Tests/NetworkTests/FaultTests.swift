import CleaveExits

#if Network
  import CleaveModel
  import CleaveNetwork
  import CleaveRuntime
  import Synchronization
  import TestSupport
  import Testing

  /// What networks and clouds do in the middle of a text: it is the undisturbed one, or whole and marked.
  @Suite(.timeLimit(.minutes(3)), .serialized) struct FaultTests {
    typealias Options = EdgeSession.Options
    private static let ways = [
      Options(), Options(lookAhead: 8, leastChance: 0), Options(longestDraft: 4, lookAhead: 4),
    ]
    private let fixture: ServerFixture

    init() throws { fixture = try ServerFixture() }

    /// Exits draft where the way is lossless, else the cloud is asked for every token.
    private func session(_ client: CloudClient, _ options: Options) throws -> EdgeSession {
      EdgeSession(
        try EdgeModel(fixture.edge),
        policy: ExitPolicy(
          thresholds: options.longestDraft > 0 ? [0, 0] : [2, 2], mode: .collaborative),
        cloud: client, options: options, pool: fixture.pool)
    }

    private func generate(
      _ address: HostAndPort, _ options: Options, deadline: Duration = .milliseconds(700),
      atToken: Int = 4, _ disturb: @Sendable () -> Void
    ) async throws -> (tokens: [Int], client: CloudClient) {
      let remote = try RemoteCloud(address)
      let client = try await CloudClient(
        try await remote.connect(), edge: fixture.edge.manifest, deadline: deadline,
        reconnection: remote.reconnection)
      var count = 0
      let result = try await Generation(maxTokens: 12)
        .run(try session(client, options), prompt: [1, 2, 3, 4, 5]) { _ in
          count += 1
          if count == atToken { disturb() }
          return true
        }
      await client.close()
      return (result.answers.map(\.token), client)
    }

    private func later(_ milliseconds: Int, _ body: @escaping @Sendable () -> Void) {
      Task {
        try await Task.sleep(for: .milliseconds(milliseconds))
        body()
      }
    }

    @Test(arguments: ways) func aLinkThatStallsOrIsCutComesBack(_ options: Options) async throws {
      let expected = try await fixture.tokensInProcess()
      let isCut: [WritableKeyPath<FaultyRelay.Fault, Bool> & Sendable] = [\.isStalled, \.isCut]
      for fault in isCut {
        try await fixture.withServer { _, address in
          let relay = try FaultyRelay(to: address)
          defer { relay.close() }
          let (tokens, _) = try await generate(relay.address, options) {
            relay.set { $0[keyPath: fault] = true }
            later(300) { relay.set { $0[keyPath: fault] = false } }
          }
          #expect(tokens == expected)
        }
      }
    }

    /// Longer than the deadline: the edge leaves the connection and makes another.
    @Test(arguments: ways) func aConnectionThatIsDeadIsLeft(_ options: Options) async throws {
      let expected = try await fixture.tokensInProcess()
      try await fixture.withServer { _, address in
        let relay = try FaultyRelay(to: address)
        defer { relay.close() }
        let (tokens, client) = try await generate(
          relay.address, options, deadline: .milliseconds(150)
        ) {
          relay.set { $0.isStalled = true }
          later(600) { relay.set { $0.isStalled = false } }
        }
        #expect(tokens == expected)
        #expect(await client.reconnections > 0)
      }
    }

    @Test(arguments: ways) func aSlowLinkIsOnlySlow(_ options: Options) async throws {
      let expected = try await fixture.tokensInProcess()
      try await fixture.withServer { _, address in
        let relay = try FaultyRelay(to: address)
        defer { relay.close() }
        let (tokens, _) = try await generate(relay.address, options, deadline: .seconds(30)) {
          relay.set { ($0.delay, $0.piece) = (0.005, 300) }
        }
        #expect(tokens == expected)
      }
    }

    /// HTTP/2 finds the bytes to be none of its own, and the connection ends.
    @Test(arguments: ways) func garbledBytesEndTheConnectionOnly(_ options: Options) async throws {
      let expected = try await fixture.tokensInProcess()
      try await fixture.withServer { _, address in
        let relay = try FaultyRelay(to: address)
        defer { relay.close() }
        let (tokens, client) = try await generate(relay.address, options) {
          relay.set { $0.garbled = 400 }
        }
        #expect(tokens == expected)
        #expect(await client.reconnections > 0)
      }
    }

    @Test(arguments: ways) func anotherReplicaGoesOn(_ options: Options) async throws {
      let expected = try await fixture.tokensInProcess()
      try await fixture.withServer { _, first in
        try await fixture.withServer { _, second in
          let relay = try FaultyRelay(to: first)
          defer { relay.close() }
          let (tokens, client) = try await generate(relay.address, options) {
            relay.redirect(to: second)
            relay.set { $0.isCut = true }
            relay.set { $0.isCut = false }
          }
          #expect(tokens == expected)
          #expect(await client.reconnections > 0)
        }
      }
    }

    /// With `maxWait` the text goes on while nothing comes, and the cloud is asked again when it is back.
    @Test(
      arguments: [\FaultyRelay.Fault.isStalled, \.isCut]
        as [WritableKeyPath<
          FaultyRelay.Fault, Bool
        > & Sendable])
    func anEdgeGoesOnAloneAndComesBack(
      _ fault: WritableKeyPath<FaultyRelay.Fault, Bool> & Sendable
    ) async throws {
      try await fixture.withServer { _, address in
        let relay = try FaultyRelay(to: address)
        defer { relay.close() }
        let events = Mutex<[CloudEvent]>([])
        let remote = try RemoteCloud(relay.address)
        let client = try await CloudClient(
          patient: remote.reconnection, edge: fixture.edge.manifest,
          onEvent: { event in events.withLock { $0.append(event) } })
        let session = try session(client, Options(maxWait: .milliseconds(100)))
        var answers: [Answer] = []
        let prompt = [1, 2, 3, 4, 5]
        try await session.feed(prompt)
        // Until it has gone and come back; every token in between is there at once.
        for step in 0..<400 {
          if step == 5 { relay.set { $0[keyPath: fault] = true } }
          let answer = try await session.answer()
          answers.append(answer)
          try await session.feed([answer.token])
          if answer.isFallback { try await Task.sleep(for: .milliseconds(20)) }
          if await client.standaloneSwitches > 0 { relay.set { $0[keyPath: fault] = false } }
          if events.withLock({ $0.contains(.collaborative) }), answer.source == .cloud { break }
        }
        let fallbacks = answers.filter(\.isFallback).count
        #expect(fallbacks > 0)
        #expect(answers.last?.source == .cloud)
        let seen = events.withLock { $0 }
        #expect(seen.contains(.standalone) && seen.contains(.collaborative))
        // Cloud tokens are the whole model's after that prefix, stand-ins among it or not.
        try await check(answers, after: prompt)
        await client.close()
      }
    }

    private func check(_ answers: [Answer], after prompt: [Int]) async throws {
      let client = try await CloudClient(
        InProcessLink(try fixture.manager()), edge: fixture.edge.manifest)
      let session = try session(client, Options())
      try await session.feed(prompt)
      for answer in answers {
        let expected = try await session.answer()
        if answer.source == .cloud { #expect(answer.token == expected.token) }
        try await session.feed([answer.token])
      }
    }

    /// Live sessions push one another out of a server with little memory.
    @Test func littleMemoryIsEnough() async throws {
      let expected = try await fixture.tokensInProcess()
      var limits = CloudLimits()
      limits.bytes = 60_000
      let manager = try fixture.manager(limits)
      try await fixture.withServer(manager: manager) { _, address in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for index in 0..<12 {
            group.addTask {
              let (tokens, _) = try await generate(
                address, Self.ways[index % 3], deadline: .seconds(60)
              ) {}
              #expect(tokens == expected)
            }
          }
          try await group.waitForAll()
        }
      }
      #expect(manager.meter.metrics.evictions > 0)
    }
  }
#endif
