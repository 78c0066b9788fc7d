import CleaveModel
import CleaveStorage

#if Network
  import CleaveModel
  import CleaveRuntime
  import GRPCCore
  import GRPCNIOTransportHTTP2Posix
  import Logging

  /// Serves a cloud bundle to edges on other machines, until it is told to stop.
  package final class CloudServer: Sendable {
    package struct Options: Sendable {
      /// An address, or localhost. Port 0 takes a free one.
      package var location: HostAndPort
      /// nil speaks plaintext.
      package var tls: ServerTLS?
      package var tokens: Tokens?
      package var insecurePlaintext = false
      /// How long sessions may go on after the server was told to stop.
      package var drain = Duration.seconds(10)
      /// Where GET /metrics is answered; nil nowhere.
      package var metrics: HostAndPort?
      /// The longest wait for a stream's first message.
      package var openDeadline = Duration.seconds(10)

      package init(location: HostAndPort) { self.location = location }
    }

    /// Where it listens, with the ports that it got.
    package struct Listening: Sendable {
      package let location: HostAndPort
      package let metrics: HostAndPort?
    }

    private let options: Options
    let manager: CloudContextManager
    private let identity: CloudIdentity
    private let mostBytes: Int
    package let state = ServingState()
    package let counters = ServerCounters()
    private let logger: Logger
    private let stopping = AsyncStream<Void>.makeStream()

    /// - Throws: `SettingError` for plaintext beyond this machine that was not asked for.
    package init(
      _ manager: CloudContextManager, manifest: Manifest, numerics: Numerics, options: Options,
      logger: Logger
    ) throws {
      guard options.tls != nil || options.location.isLoopback || options.insecurePlaintext else {
        throw SettingError(
          .listenerEncryption, value: options.location.description,
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
    }

    /// Serves until `stop`, and then until its sessions are done or the time for that is over.
    ///
    /// - Parameter onListening: is told where.
    /// - Throws: `ServeError` when it cannot listen.
    package func run(onListening: @escaping @Sendable (Listening) async throws -> Void)
      async throws
    {
      let server = GRPCServer(transport: try transport(), services: services)
      let metrics = try options.metrics.map { location in
        try MetricsListener(location) { [self] in metricsText }
      }
      defer { metrics?.stop() }
      try await withThrowingTaskGroup(of: Step.self) { group in
        group.addTask {
          do { try await server.serve() } catch {
            // Cut off, at the end.
            if !Task.isCancelled { throw ServeError("\(self.options.location): \(error)") }
          }
          return .ended
        }
        group.addTask {
          let location = try await self.listening(server)
          try await onListening(Listening(location: location, metrics: metrics?.location))
          for await _ in self.stopping.stream { break }
          try await self.leave(server)
          return .left
        }
        defer { group.cancelAll() }
        while let step = try await group.next(), step != .ended {
          guard step == .left else { return group.cancelAll() }
          // Connections end by themselves when their streams have; those that do not are cut off.
          group.addTask {
            try? await Task.sleep(for: .seconds(1))
            return .late
          }
        }
      }
    }

    private enum Step { case left, late, ended }

    /// Begins to leave. May be called from anywhere, more than once.
    package func stop() { stopping.continuation.yield() }

    private func listening(_ server: GRPCServer<HTTP2ServerTransport.Posix>) async throws
      -> HostAndPort
    {
      let address = try await server.transport.listeningAddress
      let port = address.ipv4?.port ?? address.ipv6?.port ?? options.location.port
      return HostAndPort(host: options.location.host, port: port)
    }

    /// Sessions may finish what they do; who is left after that is told, and then cut off.
    private func leave(_ server: GRPCServer<HTTP2ServerTransport.Posix>) async throws {
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
          logger: logger, openDeadline: options.openDeadline),
        HealthService(state: state), ReflectionService(gate: gate),
      ]
    }

    private func transport() throws -> HTTP2ServerTransport.Posix {
      let location = options.location
      let host = location.host == "localhost" ? "127.0.0.1" : location.host
      return HTTP2ServerTransport.Posix(
        address: host.contains(":")
          ? .ipv6(host: host, port: location.port) : .ipv4(host: host, port: location.port),
        transportSecurity: options.tls?.configuration ?? .plaintext,
        config: .defaults {
          $0.rpc.maxRequestPayloadSize = mostBytes
          $0.connection.keepalive.time = .seconds(30)
          $0.connection.keepalive.timeout = .seconds(10)
          $0.connection.keepalive.clientBehavior.minPingIntervalWithoutCalls = .seconds(10)
        })
    }
  }
#endif
