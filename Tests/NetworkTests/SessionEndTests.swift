#if Network
  import CleaveModel
  import CleaveNetwork
  import CleaveRuntime
  import Logging
  import Synchronization
  import TestSupport
  import Testing

  /// What a server writes in its log when sessions end.
  @Suite(.timeLimit(.minutes(3))) struct SessionEndTests {
    private let fixture: ServerFixture

    init() throws { fixture = try ServerFixture() }

    /// The ends of sessions, in words.
    private func ends(
      _ end: @escaping @Sendable (CloudClient, FaultyRelay) async throws -> Void
    ) async throws -> [String] {
      let log = RecordingLog()
      let edge = fixture.edge.manifest
      try await fixture.withServer(logger: Logger(label: "test") { _ in log }) { server, address in
        let relay = try FaultyRelay(to: address)
        defer { relay.close() }
        var remote = try RemoteCloud(relay.address)
        remote.connectDeadline = .seconds(60)
        let link = try await remote.connect()
        try await end(try await CloudClient(link, edge: edge, deadline: .seconds(60)), relay)
        while server.state.sessionCount > 0 { try await Task.sleep(for: .milliseconds(5)) }
        while log.ends.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      }
      return log.ends
    }

    @Test func aSessionThatIsClosedIsDone() async throws {
      #expect(try await ends { client, _ in await client.close() } == ["done"])
      // The stream has ended when this returns: a process may exit.
      let order = try await ends { client, relay in
        await client.end()
        relay.set { $0.isCut = true }
      }
      #expect(order == ["done"])
    }

    @Test func aConnectionThatIsLostIsSaidToBe() async throws {
      let lost = try await ends { _, relay in relay.set { $0.isCut = true } }
      #expect(lost.count == 1 && lost != ["done"], "\(lost)")
      #expect(!lost[0].contains("CancellationError"), "\(lost)")
    }
  }

  /// A log that keeps how sessions have ended.
  private struct RecordingLog: LogHandler {
    private final class Ends: Sendable { let list = Mutex<[String]>([]) }

    private let kept = Ends()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    var ends: [String] { kept.list.withLock { $0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      guard let how = event.metadata?["how"] else { return }
      kept.list.withLock { $0.append("\(how)") }
    }
  }
#endif
