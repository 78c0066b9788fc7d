#if Network
  import CleaveRuntime
  import GRPCCore
  import GRPCNIOTransportHTTP2Posix
  import Synchronization

  /// The link of one session to a cloud on another machine: a gRPC stream over a connection of its own.
  package final class GRPCLink: CloudLink {
    private let uplink: AsyncStream<Message>.Continuation
    private let inbox = MessageQueue()
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// Ends with the stream.
    private let ended = AsyncStream<Void>.makeStream()

    /// The outcome of opening the stream.
    private let start = Start()

    typealias Transport = HTTP2ClientTransport.Posix

    init(_ transport: Transport, metadata: Metadata, options: CallOptions) {
      let (stream, uplink) = AsyncStream<Message>.makeStream()
      self.uplink = uplink
      let (inbox, start, ended) = (inbox, start, ended.continuation)
      let task = Task {
        let end: any Error
        do {
          try await Self.run(transport, metadata, options, stream, inbox, start)
          end = LinkClosed("the cloud ended the session")
        } catch {
          end = RemoteFailure.of(error)
        }
        start.finish(.failure(end))
        inbox.finish(end)
        ended.finish()
      }
      self.task.withLock { $0 = task }
    }

    deinit { task.withLock { $0?.cancel() } }

    private static func run(
      _ transport: Transport, _ metadata: Metadata, _ options: CallOptions,
      _ uplink: AsyncStream<Message>, _ inbox: MessageQueue, _ start: Start
    ) async throws {
      try await withGRPCClient(transport: transport) { client in
        let cloud = Cleave_Cloud_V1_Cloud.Client(wrapping: client)
        try await cloud.session(metadata: metadata, options: options) { writer in
          start.finish(.success(()))
          for await message in uplink { try await writer.write(try Wire.edge(message)) }
        } onResponse: { response in
          for try await message in response.messages {
            inbox.put(try Wire.message(message))
            // Nobody may be reading, and a cloud may send without being asked.
            await inbox.waitForRoom()
          }
        }
      }
    }

    /// Waits until the stream is open.
    ///
    /// - Throws: why it could not be opened.
    func started() async throws { try await start.wait() }

    package func send(_ message: Message) { uplink.yield(message) }
    package func receive() async throws -> Message { try await inbox.take() }
    package func receive(within limit: Duration?) async throws -> Message {
      try await inbox.take(within: limit)
    }
    package func poll() throws -> Message? { try inbox.poll() }

    /// Ends the stream. Messages sent before still go out; a cloud that does not end it within a second is cut
    /// off.
    package func close() {
      uplink.finish()
      guard let task = task.withLock({ $0.take() }) else { return }
      Task {
        try? await Task.sleep(for: .seconds(1))
        task.cancel()
      }
    }

    package func closed() async { for await _ in ended.stream {} }

    func cancel() { task.withLock { $0.take() }?.cancel() }
  }

  /// An outcome that is known once, for one task that waits for it.
  private final class Start: Sendable {
    private let stream: AsyncThrowingStream<Void, any Error>
    private let end: AsyncThrowingStream<Void, any Error>.Continuation

    init() { (stream, end) = AsyncThrowingStream.makeStream() }

    func finish(_ result: Result<Void, any Error>) {
      switch result {
      case .success:
        end.yield()
        end.finish()
      case .failure(let error): end.finish(throwing: error)
      }
    }

    func wait() async throws {
      for try await _ in stream { return }
      throw CancellationError()
    }
  }
#endif
