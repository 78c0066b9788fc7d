#if Network
  import CleaveModel
  import CleaveNetwork
  import CleaveRuntime
  import CleaveStorage
  import TestSupport
  import Testing

  /// Measurements of a server on this machine, near and behind a relay that delays. Only orders are asserted that no slow
  /// machine turns around.
  @Suite(.timeLimit(.minutes(3)), .serialized) struct CloudMeasurementTests {
    private let fixture: ServerFixture

    init() throws { fixture = try ServerFixture() }

    private func measure(_ address: HostAndPort) async throws -> LinkProfile {
      try await RemoteCloud(address).measure(seconds: 0.2, deadline: .seconds(60))
    }

    @Test func aServerSaysWhatItServes() async throws {
      let (cloud, configuration) = (fixture.cloud.manifest, fixture.cloud.manifest.configuration)
      try await fixture.withServer { _, address in
        let found = try await RemoteCloud(address).describe()
        #expect(found.firstBlock == cloud.blocks.lowerBound)
        #expect(found.hiddenSize == configuration.hiddenSize)
        #expect(found.contextLength == configuration.contextLength)
        #expect(found.encodings == StatesEncoding.all)
        #expect(found.numerics == .standard)
      }
    }

    @Test func everythingIsMeasured() async throws {
      let cloud = fixture.cloud.manifest
      try await fixture.withServer { _, address in
        let profile = try await measure(address)
        #expect(profile.origin == .measured)
        #expect(profile.roundTripMilliseconds.p50 > 0)
        #expect(try #require(profile.requestMilliseconds).p50 >= 0)
        #expect(try #require(profile.upBitsPerSecondP95) <= profile.upBitsPerSecond)
        let down = try #require(profile.downBitsPerSecond)
        #expect(try #require(profile.downBitsPerSecondP95) <= down)
        #expect(Array(profile.answers.map(\.columns).prefix(3)) == [1, 2, 4])
        #expect(
          zip(profile.answers, profile.answers.dropFirst()).allSatisfy { $0.seconds <= $1.seconds })
        let server = try #require(profile.server)
        #expect(server.modelID == cloud.modelID && server.firstBlock == 2)
        #expect(server.head.map(\.columns) == [1, 8, 32])
        #expect(
          try LinkProfile(try JSONNode(parsing: Array(profile.json.text().utf8), file: ""))
            == profile)
      }
    }

    /// A relay answers connections at once, so the link's own round trip is that of messages, which it delays.
    @Test func aRelayThatDelaysIsPartOfTheLink() async throws {
      try await fixture.withServer { _, address in
        let relay = try FaultyRelay(to: address)
        defer { relay.close() }
        relay.set { $0.delay = 0.02 }
        let far = try await measure(relay.address)
        #expect(far.roundTripMilliseconds.p50 >= 40)
        #expect(far.method.contains("the fastest message"))
      }
    }

    /// It falls silent when what is left to measure is the rate at which its bytes arrive.
    @Test func aServerThatFallsSilentIsGivenUp() async throws {
      try await fixture.withServer { _, address in
        let relay = try FaultyRelay(to: address)
        defer { relay.close() }
        let cloud = try RemoteCloud(relay.address)
        await #expect(throws: DeadlineExceeded.self) {
          _ = try await cloud.measure(seconds: 0.2, deadline: .seconds(3)) { done, _ in
            if done == 3 { relay.set { $0.isStalled = true } }
          }
        }
      }
    }

    @Test func whoeverIsNotThereIsNotMeasured() async throws {
      let nobody = try RemoteCloud(HostAndPort(host: "127.0.0.1", port: 1))
      await #expect(throws: LinkClosed.self) {
        _ = try await nobody.measure(seconds: 0.2, deadline: .seconds(5))
      }
    }
  }
#endif
