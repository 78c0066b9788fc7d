import CleaveExits

#if Network
  import CleaveModel
  import CleaveNetwork
  import CleaveRuntime
  import Synchronization
  import TestSupport
  import Testing

  /// A device, a middle and a cloud over two links, and what happens to either of them.
  @Suite(.timeLimit(.minutes(3)), .serialized) struct TierFaultTests {
    private let fixture: ServerFixture
    private let bundles: [Artifact]

    init() throws {
      fixture = try ServerFixture()
      let scratch = fixture.scratch
      bundles = try TinyModel.tiers(
        try Artifact(opening: scratch("exits")), at: [2, 4], into: scratch)
    }

    /// A middle that asks the cloud at an address.
    private func middle(
      _ cloud: HostAndPort, threshold: Double, limits: CloudLimits = CloudLimits(),
      attempts: Int = 8
    ) throws -> MiddleTier {
      let (remote, manifest) = (try RemoteCloud(cloud), bundles[1].manifest)
      return MiddleTier(
        try MiddleModel(bundles[1], thresholds: [threshold]), pool: fixture.pool, limits: limits
      ) { exitsMayAnswer in
        var reconnection = remote.reconnection
        reconnection.attempts = attempts
        return try await CloudClient(
          try await remote.connect(), edge: manifest, exitsMayAnswer: exitsMayAnswer,
          deadline: .milliseconds(700), reconnection: reconnection)
      }
    }

    private func cloud() throws -> CloudContextManager {
      CloudContextManager(try CloudModel(bundles[2]), pool: fixture.pool)
    }

    private func session(_ client: CloudClient, maxWait: Duration? = nil) throws -> EdgeSession {
      EdgeSession(
        try EdgeModel(bundles[0]), policy: .off(exits: 1), cloud: client,
        options: .init(maxWait: maxWait), pool: fixture.pool)
    }

    private func generate(
      _ address: HostAndPort, atToken: Int = 4, _ disturb: () -> Void = {}
    ) async throws -> (answers: [Answer], client: CloudClient) {
      let remote = try RemoteCloud(address)
      let client = try await CloudClient(
        try await remote.connect(), edge: bundles[0].manifest, exitsMayAnswer: true,
        deadline: .seconds(10), reconnection: remote.reconnection)
      var count = 0
      let result = try await Generation(maxTokens: 12, stopTokens: [])
        .run(try session(client), prompt: [1, 2, 3, 4, 5]) { _ in
          count += 1
          if count == atToken { disturb() }
          return true
        }
      await client.close()
      return (result.answers, client)
    }

    /// What is said without a network.
    private func expected(threshold: Double) async throws -> [Answer] {
      let (cloud, manifest) = (try cloud(), bundles[1].manifest)
      let middle = MiddleTier(
        try MiddleModel(bundles[1], thresholds: [threshold]), pool: fixture.pool
      ) {
        try await CloudClient(InProcessLink(cloud), edge: manifest, exitsMayAnswer: $0)
      }
      let client = try await CloudClient(
        InProcessLink(middle), edge: bundles[0].manifest, exitsMayAnswer: true)
      let generation = Generation(maxTokens: 12, stopTokens: [])
      return try await generation.run(try session(client), prompt: [1, 2, 3, 4, 5]).answers
    }

    @Test(arguments: [2, 0.03, 0]) func threeProcessesSayWhatOneSays(_ threshold: Double)
      async throws
    {
      let expected = try await expected(threshold: threshold)
      try await fixture.withServer(manager: try cloud(), of: bundles[2]) { _, address in
        let middle = try middle(address, threshold: threshold)
        try await fixture.withServer(manager: middle, of: bundles[1]) { _, address in
          let (answers, _) = try await generate(address)
          #expect(answers == expected)
        }
      }
    }

    /// Either link is cut or stalls: the text is the same.
    @Test(arguments: [true, false]) func aLinkThatBreaksComesBack(_ isBehind: Bool) async throws {
      let expected = try await expected(threshold: 0.03)
      let faults: [WritableKeyPath<FaultyRelay.Fault, Bool> & Sendable] = [\.isStalled, \.isCut]
      for fault in faults {
        try await fixture.withServer(manager: try cloud(), of: bundles[2]) { _, address in
          let behind = try FaultyRelay(to: address)
          defer { behind.close() }
          let middle = try middle(behind.address, threshold: 0.03)
          try await fixture.withServer(manager: middle, of: bundles[1]) { _, address in
            let before = try FaultyRelay(to: address)
            defer { before.close() }
            let relay = isBehind ? behind : before
            let (answers, _) = try await generate(before.address) {
              relay.set { $0[keyPath: fault] = true }
              Task {
                try await Task.sleep(for: .milliseconds(300))
                relay.set { $0[keyPath: fault] = false }
              }
            }
            #expect(answers == expected)
          }
        }
      }
    }

    /// The middle dies, and another of the same bundle goes on.
    @Test func anotherMiddleGoesOn() async throws {
      let expected = try await expected(threshold: 0.03)
      try await fixture.withServer(manager: try cloud(), of: bundles[2]) { _, cloud in
        let (one, other) = (
          try middle(cloud, threshold: 0.03), try middle(cloud, threshold: 0.03)
        )
        try await fixture.withServer(manager: one, of: bundles[1]) { _, first in
          try await fixture.withServer(manager: other, of: bundles[1]) { _, second in
            let relay = try FaultyRelay(to: first)
            defer { relay.close() }
            let (answers, client) = try await generate(relay.address) {
              relay.redirect(to: second)
              relay.set { $0.isCut = true }
              relay.set { $0.isCut = false }
            }
            #expect(answers == expected)
            #expect(await client.reconnections > 0)
          }
        }
      }
    }

    /// The cloud is gone for good: the middle refuses as `unavailable`, and the device goes on alone, which is marked.
    @Test func withoutACloudTheDeviceGoesOnAlone() async throws {
      try await fixture.withServer(manager: try cloud(), of: bundles[2]) { _, address in
        let behind = try FaultyRelay(to: address)
        defer { behind.close() }
        let middle = try middle(behind.address, threshold: 2, attempts: 1)
        try await fixture.withServer(manager: middle, of: bundles[1]) { _, address in
          let client = try await CloudClient(
            patient: try RemoteCloud(address).reconnection, edge: bundles[0].manifest,
            exitsMayAnswer: true)
          let session = try session(client, maxWait: .seconds(30))
          try await session.feed([1, 2, 3, 4, 5])
          var answers: [Answer] = []
          for step in 0..<12 {
            if step == 4 { behind.set { $0.isCut = true } }
            let answer = try await session.answer()
            answers.append(answer)
            try await session.feed([answer.token])
          }
          #expect(answers.prefix(4).allSatisfy { $0.source == .cloud })
          #expect(answers.dropFirst(4).allSatisfy { $0.isFallback })
          await client.close()
        }
      }
    }

    @Test func aMiddleWithoutItsCloudIsUnavailable() async throws {
      let nobody = HostAndPort(host: "127.0.0.1", port: 1)
      let middle = try middle(nobody, threshold: 2)
      try await fixture.withServer(manager: middle, of: bundles[1]) { _, address in
        let link = try await RemoteCloud(address).connect()
        let error = await #expect(throws: CloudRefusal.self) {
          try await CloudClient(link, edge: bundles[0].manifest)
        }
        #expect(error?.refusal.code == .unavailable)
      }
    }
  }
#endif
