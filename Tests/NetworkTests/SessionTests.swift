import CleaveStorage

#if Network
  import CleaveExits
  import CleaveNetwork
  import CleaveModel
  import CleaveRuntime
  import TestSupport
  import Testing

  /// Sessions over the loopback: what is said there is what is said in one process.
  @Suite(.timeLimit(.minutes(2))) struct SessionTests {
    private let fixture: ServerFixture

    init() throws { fixture = try ServerFixture() }

    @Test(arguments: [Sampling.greedy, Sampling(temperature: 0.9, topK: 20, topP: 0.95, seed: 4)])
    func theTokensAreThoseOfOneProcess(_ sampling: Sampling) async throws {
      let expected = try await fixture.tokensInProcess(sampling: sampling)
      #expect(expected.count == 12)
      let fixture = fixture
      let tokens = try await fixture.withServer { _, address in
        try await fixture.tokens(try await RemoteCloud(address).connect(), sampling: sampling)
      }
      #expect(tokens == expected)
    }

    @Test func manySessionsAtOnce() async throws {
      let expected = try await fixture.tokensInProcess()
      let fixture = fixture
      let all = try await fixture.withServer { server, address in
        let all = try await withThrowingTaskGroup(of: [Int].self) { group in
          for _ in 0..<6 {
            group.addTask { try await fixture.tokens(try await RemoteCloud(address).connect()) }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(server.counters.counts.streams == 6)
        #expect(server.counters.counts.answers == 6 * 12)
        return all
      }
      #expect(all == Array(repeating: expected, count: 6))
    }

    /// Another replica of the same model takes over in the middle of a generation.
    @Test func aSecondReplicaGoesOn() async throws {
      let expected = try await fixture.tokensInProcess()
      let fixture = fixture
      let tokens = try await fixture.withServer { first, firstPlace in
        try await fixture.withServer { _, secondPlace in
          var count = 0
          let link = try await RemoteCloud(firstPlace).connect()
          return try await fixture.tokens(
            link, reconnection: try RemoteCloud(secondPlace).reconnection
          ) { _ in
            count += 1
            if count == 5 { first.stop() }
            return true
          }
        }
      }
      #expect(tokens == expected)
    }

    /// States that come back over the network are those of one process, many at once or few.
    @Test(arguments: FeedbackShape.all)
    func statesComeBack(_ shape: FeedbackShape) async throws {
      let scratch = try Scratch()
      let bundles = try TinyModel.partition(
        try TinyModel.llama3.withFeedback(shape, into: scratch), into: scratch)
      let (edge, pool) = (try EdgeModel(bundles.edge), fixture.pool)
      let manager = CloudContextManager(try CloudModel(bundles.cloud), pool: pool)
      let policy = ExitPolicy(thresholds: [0.7, 0.7], mode: .collaborative)
      let prompt = (0..<400).map { ($0 * $0 * 11 + 3) % 300 }
      @Sendable func answers(_ link: any CloudLink) async throws -> [Answer] {
        let client = try await CloudClient(
          link, edge: bundles.edge.manifest,
          feedback: EdgeSession.feedback(edge, policy: policy), deadline: .seconds(30))
        let session = EdgeSession(edge, policy: policy, cloud: client, pool: pool)
        let answers = try await Generation(maxTokens: 16).run(session, prompt: prompt).answers
        await client.close()
        return answers
      }
      let expected = try await answers(InProcessLink(manager))
      let before = manager.meter.metrics.returnedBytes
      let said = try await fixture.withServer(manager: manager) { server, address in
        var cloud = try RemoteCloud(address)
        cloud.expectStates(hiddenSize: edge.manifest.configuration.hiddenSize)
        let said = try await answers(try await cloud.connect())
        #expect(server.metricsText.contains("cleave_returned_bytes_total \(2 * before)"))
        return said
      }
      #expect(said == expected && before > 0)
    }

    @Test func nobodyThereIsAnError() async throws {
      let address = try await fixture.withServer { _, address in address }
      await #expect(throws: LinkClosed.self) { try await RemoteCloud(address).connect() }
    }

    @Test func plaintextBeyondThisMachineIsRefused() throws {
      let address = HostAndPort(host: "192.0.2.1", port: 1)
      #expect(throws: SettingError.self) { try RemoteCloud(address) }
      #expect(throws: Never.self) { try RemoteCloud(address, insecurePlaintext: true) }
      let fixture = fixture
      let manager = try fixture.manager()
      func server(_ change: (inout CloudServer.Options) -> Void) throws -> CloudServer {
        var options = CloudServer.Options(address: HostAndPort(host: "0.0.0.0", port: 0))
        change(&options)
        return try CloudServer(
          manager, manifest: fixture.cloud.manifest, numerics: .standard, options: options,
          logger: .init(label: "test"))
      }
      #expect(throws: SettingError.self) { try server { _ in } }
      #expect(throws: Never.self) { try server { $0.insecurePlaintext = true } }
    }

    private static let misfits: [(Message, Message.Refusal.Code)] = [
      (.ask(.init(position: 1, sampling: .greedy)), .notOpen),
      (
        .states(
          .init(
            firstPosition: 0, count: 1, encoding: .float32, data: Array(repeating: 0, count: 192))),
        .notOpen
      ),
      (
        .open(.init(modelID: Array(repeating: 1, count: 32), firstExit: 2, hiddenSize: 48)),
        .differentModel
      ),
      (.open(.init(modelID: [1], firstExit: 2, hiddenSize: 48)), .malformed),
      (.open(.init(version: 9, modelID: [], firstExit: 2, hiddenSize: 48)), .protocolVersion),
    ]

    /// Each on a stream of its own: the refusal comes, and then the stream's end.
    @Test(arguments: misfits)
    func whatDoesNotFitIsRefused(_ message: Message, _ code: Message.Refusal.Code) async throws {
      try await fixture.withServer { _, address in
        let link = try await RemoteCloud(address).connect()
        link.send(message)
        guard case .refusal(let refusal) = try await link.receive() else {
          Issue.record("no refusal")
          return
        }
        #expect(refusal.code == code)
        await #expect(throws: LinkClosed.self) { try await link.receive() }
      }
    }

    @Test func aStreamThatSaysNothingEnds() async throws {
      try await fixture.withServer {
        $0.openDeadline = .milliseconds(50)
      } _: { _, address in
        let link = try await RemoteCloud(address).connect()
        await #expect(throws: LinkClosed.self) { try await link.receive() }
      }
    }

    @Test func aMessageThatIsTooLargeEndsTheSession() async throws {
      try await fixture.withServer { _, address in
        let link = try await RemoteCloud(address).connect()
        link.send(
          .states(
            .init(
              firstPosition: 0, count: 1, encoding: .float32,
              data: Array(repeating: 0, count: 1 << 20))))
        await #expect(throws: (any Error).self) { try await link.receive() }
      }
    }

    /// Health says so first, then new sessions are refused, and those that run are told at the end.
    @Test func drainingRefusesNewSessionsAndLetsOldOnesGoOn() async throws {
      let fixture = fixture
      try await fixture.withServer {
        $0.drain = .seconds(3)
      } _: { server, address in
        let old = try await RemoteCloud(address).connect()
        let client = try await CloudClient(old, edge: fixture.edge.manifest)
        server.stop()
        while server.state.isServing { try await Task.sleep(for: .milliseconds(5)) }
        let new = try await RemoteCloud(address).connect()
        guard case .refusal(let refusal) = try await new.receive() else {
          Issue.record("no refusal")
          return
        }
        #expect(refusal.code == .unavailable)
        // The old one is still there, and is told when its time is over.
        guard case .refusal(let last) = try await old.receive() else {
          Issue.record("no refusal")
          return
        }
        #expect(last.code == .unavailable)
        await client.close()
      }
    }
  }
#endif
