#if Network
  import Hummingbird
  import Logging
  import ServiceLifecycle

  /// An HTTP application that stops without dropping a connection it has accepted.
  ///
  /// Cancelling `Application.run` itself would drop those that nobody has taken yet, and NIO ends the process where
  /// a connection's writer is dropped (apple/swift-nio#3481).
  package struct HTTPService: Sendable {
    private let group: ServiceGroup

    /// - Parameters:
    ///   - application: the application, as Hummingbird builds it.
    ///   - grace: how long requests that run may go on after the stop before they are cut off.
    package init(
      _ application: some ApplicationProtocol, grace: Duration = .seconds(1), logger: Logger
    ) {
      var configuration = ServiceGroupConfiguration(services: [application], logger: logger)
      configuration.maximumGracefulShutdownDuration = grace
      group = ServiceGroup(configuration: configuration)
    }

    /// Serves until the task is cancelled: then takes no connection any more, and returns when its requests are done or
    /// their time is over.
    ///
    /// - Throws: what the application throws, of a stop too.
    package func run() async throws {
      // No child task, which the cancellation would reach.
      let serving = Task { try await group.run() }
      try await withTaskCancellationHandler {
        try await serving.value
      } onCancel: {
        Task { await group.triggerGracefulShutdown() }
      }
    }
  }
#endif
