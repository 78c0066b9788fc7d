#if Network
  import CleaveModel
  import CleaveRuntime
  import CleaveStorage
  import GRPCCore
  import GRPCNIOTransportHTTP2Posix
  import Logging

  /// The server of a cloud bundle for edges on other machines.
  package final class CloudServer: Sendable {
    package struct Options: Sendable {
      /// The address to listen on: an IP address, or localhost. Port 0 takes a free one.
      package var address: HostAndPort
      /// The server's certificate; nil speaks plaintext.
      package var tls: ServerTLS?
      /// The bearer tokens of clients; nil asks for none.
      package var tokens: Tokens?
      /// Whether plaintext may be spoken beyond this machine.
      package var insecurePlaintext = false
      /// How long sessions may go on after the server was told to stop.
      package var drain = Duration.seconds(10)
      /// The address on which GET /metrics is answered; nil for none.
      package var metrics: HostAndPort?
      /// The longest wait for a stream's first message.
      package var openDeadline = Duration.seconds(10)

      package init(address: HostAndPort) { self.address = address }
    }

    /// The addresses of a server that listens, with the ports that it got.
    package struct Listening: Sendable {
      package let address: HostAndPort
      package let metrics: HostAndPort?
    }

    private let options: Options
    let manager: any SessionHost
    private let identity: CloudIdentity
    private let mostBytes: Int
    private let mostWaitingBytes: Int
    package let state = ServingState()
    package let counters = ServerCounters()
    private let logger: Logger
    private let stopping = AsyncStream<Void>.makeStream()

    /// - Throws: `SettingError` for plaintext beyond this machine that was not asked for.
    package init(
      _ manager: any SessionHost, manifest: Manifest, numerics: Numerics, options: Options,
      logger: Logger
    ) throws {
      guard options.tls != nil || options.address.isLoopback || options.insecurePlaintext else {
        throw SettingError(
          .listenerEncryption, value: options.address.description,
          found: "plaintext to other machines", expected: "TLS",
          advice: "Give --tls-certificate and --tls-key, or --insecure-plaintext where the network"
            + " is trusted.")
      }
      try options.tls?.check()
      self.options = options
      self.manager = manager
      self.logger = logger
      identity = CloudIdentity(manifest, numerics)
      mostBytes = CloudIdentity.mostBytes(manifest)
      mostWaitingBytes = CloudIdentity.mostWaitingBytes(manifest)
    }

    /// Serves until `stop`, and then until its sessions are done or the time for that is over.
    ///
    /// - Parameter onListening: takes the addresses, once the server listens.
    /// - Throws: `ServeError` when it cannot listen.
    package func run(onListening: @escaping @Sendable (Listening) async throws -> Void)
      async throws
    {
      let server = GRPCServer(transport: try transport(), services: services)
      let metrics = options.metrics.map { address in
        MetricsServer(address, logger: logger) { self.metricsText }
      }
      try await withThrowingTaskGroup(of: Step.self) { group in
        group.addTask {
          do { try await server.serve() } catch {
            // After the drain, what is left is cancelled.
            if !Task.isCancelled { throw ServeError("\(self.options.address): \(error)") }
          }
          return .ended
        }
        if let metrics {
          group.addTask {
            try await metrics.run()
            return .ended
          }
        }
        group.addTask {
          let address = try await self.listening(server)
          try await onListening(
            Listening(address: address, metrics: try await metrics?.listening()))
          for await _ in self.stopping.stream { break }
          try await self.drain(server)
          return .drained
        }
        defer { group.cancelAll() }
        while let step = try await group.next(), step != .ended {
          guard step == .drained else { return group.cancelAll() }
          // Connections end by themselves when their streams have; those that do not are cut off.
          group.addTask {
            try? await Task.sleep(for: .seconds(1))
            return .late
          }
        }
      }
    }

    private enum Step { case drained, late, ended }

    /// Begins to drain: no session is taken any more. May be called from anywhere, more than once.
    package func stop() { stopping.continuation.yield() }

    private func listening(_ server: GRPCServer<HTTP2ServerTransport.Posix>) async throws
      -> HostAndPort
    {
      let bound = try await server.transport.listeningAddress
      let port = bound.ipv4?.port ?? bound.ipv6?.port ?? options.address.port
      return HostAndPort(host: options.address.host, port: port)
    }

    /// Waits for the sessions to end. Those that are left after the drain time are refused, and then cut off.
    private func drain(_ server: GRPCServer<HTTP2ServerTransport.Posix>) async throws {
      logger.info("draining", metadata: ["sessions": "\(state.sessionCount)"])
      state.drain()
      try await waitForSessions(options.drain)
      state.endAll()
      try await waitForSessions(.seconds(1))
      server.beginGracefulShutdown()
      state.endWatchers()
    }

    private func waitForSessions(_ limit: Duration) async throws {
      let end = ContinuousClock.now + limit
      while state.sessionCount > 0, ContinuousClock.now < end {
        try await Task.sleep(for: .milliseconds(20))
      }
    }

    private var services: [any RegistrableRPCService] {
      let gate = Gate(tokens: options.tokens)
      return [
        CloudService(
          manager: manager, identity: identity, state: state, counters: counters, gate: gate,
          logger: logger, openDeadline: options.openDeadline,
          mostWaitingBytes: mostWaitingBytes),
        HealthService(state: state), ReflectionService(gate: gate),
      ]
    }

    private func transport() throws -> HTTP2ServerTransport.Posix {
      let address = options.address
      let host = address.host == "localhost" ? "127.0.0.1" : address.host
      return HTTP2ServerTransport.Posix(
        address: host.contains(":")
          ? .ipv6(host: host, port: address.port) : .ipv4(host: host, port: address.port),
        transportSecurity: options.tls?.configuration ?? .plaintext,
        config: .defaults {
          $0.rpc.maxRequestPayloadSize = mostBytes
          $0.connection.keepalive.time = .seconds(30)
          $0.connection.keepalive.timeout = .seconds(10)
          $0.connection.keepalive.clientBehavior.minPingIntervalWithoutCalls = .seconds(10)
          // The transport has no other place for a handler.
          $0.channelDebuggingCallbacks.onAcceptTCPConnection = ConnectionReads.complete(on:)
        })
    }
  }
#endif
