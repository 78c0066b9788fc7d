#if Network
  import CleaveNetwork
  import CleaveStorage
  import Hummingbird
  import Logging

  /// The HTTP server of a model for clients of OpenAI's interface.
  package final class APIServer: Sendable {
    package struct Options: Sendable {
      /// The address to listen on: an IP address, or localhost. Port 0 takes a free one.
      package var address: HostAndPort
      /// The API keys of clients; nil asks for none.
      package var keys: Tokens?
      /// Whether plaintext may be spoken beyond this machine.
      package var insecurePlaintext = false
      /// The most requests that run at a time, and the most that wait.
      package var running = 4
      package var waiting = 64
      /// How long requests may go on after the server was told to stop.
      package var drain = Duration.seconds(10)
      /// How long the body of a request may take to come.
      package var bodyTime = Duration.seconds(15)

      package init(address: HostAndPort) { self.address = address }
    }

    let options: Options
    let model: ServedModel
    let queue: AdmissionQueue
    let counters = ServiceCounters()
    private let logger: Logger
    private let stopping = AsyncStream<Void>.makeStream()

    /// How long a connection may be silent between requests, in seconds.
    private static let idleTimeout: Int64 = 60

    /// - Throws: `SettingError` for plaintext beyond this machine that was not asked for.
    package init(_ model: ServedModel, options: Options, logger: Logger) throws {
      guard options.address.isLoopback || options.insecurePlaintext else {
        throw SettingError(
          .listenerEncryption, value: options.address.description,
          found: "plaintext to other machines", expected: "an address of this machine",
          advice: "Put a proxy that speaks TLS before it, or give --insecure-plaintext where the"
            + " network is trusted.")
      }
      self.model = model
      self.options = options
      self.logger = logger
      queue = AdmissionQueue(running: options.running, waiting: options.waiting)
    }

    /// Serves until `stop`, and then until the requests are done or the time for that is over.
    ///
    /// - Parameter onListening: takes the address, once the server listens.
    /// - Throws: `ServeError` when it cannot listen.
    package func run(onListening: @escaping @Sendable (HostAndPort) async throws -> Void)
      async throws
    {
      let (port, listening) = AsyncStream<Int?>.makeStream()
      let service = service(listening)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          defer { listening.finish() }
          do { try await service.run() } catch {
            if !Task.isCancelled { throw ServeError("\(self.options.address): \(error)") }
          }
        }
        group.addTask {
          for await port in port {
            var address = self.options.address
            address.port = port ?? address.port
            try await onListening(address)
          }
          for await _ in self.stopping.stream { break }
          try await self.drain()
        }
        defer { group.cancelAll() }
        try await group.next()
      }
    }

    /// Begins to drain: no request is taken any more. May be called from anywhere, more than once.
    package func stop() { stopping.continuation.yield() }

    private func drain() async throws {
      logger.info("draining", metadata: ["requests": "\(queue.counts.running)"])
      queue.close()
      let end = ContinuousClock.now + options.drain
      while queue.counts != (0, 0), ContinuousClock.now < end {
        try await Task.sleep(for: .milliseconds(20))
      }
    }

    private func service(_ listening: AsyncStream<Int?>.Continuation) -> HTTPService {
      var logger = logger
      // What the HTTP library says of itself is no event of the server's log: it calls every stop an error.
      logger.logLevel = .critical
      let host = options.address.host == "localhost" ? "127.0.0.1" : options.address.host
      let application = Application(
        router: router(keys: options.keys, isLoopback: options.address.isLoopback),
        server: .http1(configuration: .init(idleTimeout: .seconds(Self.idleTimeout))),
        configuration: .init(address: .hostname(host, port: options.address.port)),
        onServerRunning: {
          listening.yield($0.localAddress?.port)
          listening.finish()
        },
        logger: logger)
      return HTTPService(application, logger: logger)
    }
  }
#endif
