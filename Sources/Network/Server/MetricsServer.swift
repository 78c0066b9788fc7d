#if Network
  import Hummingbird
  import Logging

  /// The HTTP server that answers GET /metrics for Prometheus, and 404 for anything else.
  final class MetricsServer: Sendable {
    private let address: HostAndPort
    private let service: HTTPService
    private let port: AsyncStream<Int?>

    /// How long a connection may be silent between requests.
    private static let idleTimeout = 5

    /// - Parameter text: makes the answer to a request, in Prometheus' text format 0.0.4.
    init(_ address: HostAndPort, logger: Logger, text: @escaping @Sendable () -> String) {
      let (port, listening) = AsyncStream<Int?>.makeStream()
      let router = Router()
      router.get("metrics") { _, _ in
        Response(
          status: .ok, headers: [.contentType: "text/plain; version=0.0.4"],
          body: ResponseBody(byteBuffer: ByteBuffer(string: text())))
      }
      var logger = logger
      // What it says of itself is no event of the server's log.
      logger.logLevel = max(logger.logLevel, .warning)
      let host = address.host == "localhost" ? "127.0.0.1" : address.host
      let application = Application(
        router: router,
        server: .http1(configuration: .init(idleTimeout: .seconds(Int64(Self.idleTimeout)))),
        configuration: .init(address: .hostname(host, port: address.port)),
        onServerRunning: {
          listening.yield($0.localAddress?.port)
          listening.finish()
        },
        logger: logger)
      service = HTTPService(application, logger: logger)
      self.address = address
      self.port = port
    }

    /// Answers requests until the task is cancelled.
    ///
    /// - Throws: `ServeError` when it cannot listen.
    func run() async throws {
      do { try await service.run() } catch {
        if !Task.isCancelled { throw ServeError("--metrics \(address): \(error)") }
      }
    }

    /// Waits until it listens. May be called once.
    ///
    /// - Returns: the address, with the port that it got.
    func listening() async throws -> HostAndPort {
      for await port in port { return HostAndPort(host: address.host, port: port ?? address.port) }
      throw CancellationError()
    }
  }
#endif
