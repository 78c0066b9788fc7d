#if Network
  import CleaveRuntime
  import GRPCCore
  import Logging
  import Synchronization

  /// One session's gRPC stream: messages go to the context manager in their order, its replies to the writer. The
  /// stream ends with the edge's last message, after a refusal, or when no first message comes in time.
  struct SessionStream {
    let service: CloudService
    let client: String
    let peer: String

    private enum End { case written, read, inTime, overflow }

    func run(
      _ messages: RPCAsyncSequence<Wire.EdgeMessage, any Error>,
      _ writer: RPCWriter<Wire.CloudMessage>
    ) async throws {
      let outbox = ReplyOutbox(mostBytes: service.mostWaitingBytes)
      let reply: @Sendable (Message) -> Void = { outbox.put($0) }
      guard let id = service.state.begin(end: { reply(.refusal($0)) }) else {
        return try await write(.refusal(ServingState.shuttingDown), writer)
      }
      defer { service.state.finish(id) }
      service.counters.noteStream()
      let connection = await service.manager.connect(client: client, reply: reply)
      var log = service.logger
      log[metadataKey: "session"] = "\(id)"
      log.info("session begins", metadata: ["client": "\(client)", "peer": "\(peer)"])
      let result: Result<Void, any Error>
      do {
        try await exchange(messages, writer, outbox, connection, reply)
        result = .success(())
      } catch {
        result = .failure(error)
      }
      await connection.close()
      log.info("session ends", metadata: ["how": "\(Self.describe(result))"])
      try result.get()
    }

    private func exchange(
      _ messages: RPCAsyncSequence<Wire.EdgeMessage, any Error>,
      _ writer: RPCWriter<Wire.CloudMessage>,
      _ outbox: ReplyOutbox, _ connection: CloudConnection,
      _ reply: @escaping @Sendable (Message) -> Void
    ) async throws {
      let first = FirstMessage()
      try await withThrowingTaskGroup(of: End.self) { group in
        group.addTask {
          try await send(outbox, writer)
          return .written
        }
        group.addTask {
          try await receive(messages, connection, first, reply)
          return .read
        }
        group.addTask {
          try await Task.sleep(for: service.openDeadline)
          guard first.hasCome else {
            throw RPCError(code: .deadlineExceeded, message: "no message came")
          }
          return .inTime
        }
        group.addTask {
          // The writer may be stuck: the peer does not read.
          guard await outbox.waitForOverflow() else { return .overflow }
          throw RPCError(code: .resourceExhausted, message: "too many replies are not read")
        }
        defer { group.cancelAll() }
        while let end = try await group.next() {
          if end == .read { outbox.finish() }
          if end == .written { return }
        }
      }
    }

    /// Writes replies until the last, or the first refusal.
    private func send(
      _ outbox: ReplyOutbox, _ writer: RPCWriter<Wire.CloudMessage>
    ) async throws {
      for await message in outbox.replies {
        try await write(message, writer)
        outbox.noteWritten(message)
        if case .refusal = message { return }
      }
    }

    private func write(_ message: Message, _ writer: RPCWriter<Wire.CloudMessage>) async throws {
      service.counters.noteSent(message)
      try await writer.write(try Wire.cloud(message))
    }

    private func receive(
      _ messages: RPCAsyncSequence<Wire.EdgeMessage, any Error>, _ connection: CloudConnection,
      _ first: FirstMessage, _ reply: @Sendable (Message) -> Void
    ) async throws {
      for try await wire in messages {
        first.come()
        let message: Message
        do { message = try Wire.message(wire) } catch {
          return await refuse(error, reply)
        }
        service.counters.noteReceived(message)
        await connection.receive(message)
      }
    }

    /// Refuses a message, and reads no more while the writer ends the stream.
    private func refuse(_ error: MessageError, _ reply: @Sendable (Message) -> Void) async {
      reply(.refusal(.init(code: error.code, text: error.description)))
      try? await Task.sleep(for: .seconds(60))
    }

    private static func describe(_ result: Result<Void, any Error>) -> String {
      switch result {
      case .success: "done"
      case .failure(is CancellationError): "the connection was lost"
      case .failure(let error as RPCError): "\(error.code)"
      case .failure(let error): "\(type(of: error))"
      }
    }
  }

  /// A flag that a first message has come.
  private final class FirstMessage: Sendable {
    private let flag = Atomic(false)
    func come() { flag.store(true, ordering: .relaxed) }
    var hasCome: Bool { flag.load(ordering: .relaxed) }
  }
#endif
