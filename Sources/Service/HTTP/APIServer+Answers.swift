#if Network
  import CleaveStorage
  import Hummingbird

  extension APIServer {
    /// Answers a request for text.
    func answer(
      _ request: Request, _ context: ServiceContext, _ read: ([UInt8]) throws -> TextRequest
    ) async throws -> Response {
      let (request, body) = try await collected(request, context)
      let wanted = try read(body)
      try check(wanted.model)
      // What the model alone can tell is told before a stream begins.
      _ = try model.sources(wanted)
      _ = try wanted.prompts.map(model.tokens)
      if wanted.logProbabilities != nil { _ = try model.scorer() }
      let ticket = try queue.take()
      return wanted.streams
        ? stream(wanted, request, ticket) : try await whole(wanted, request, ticket)
    }

    /// The request with its body.
    ///
    /// - Throws: `APIError` for a type that is not JSON, a body that is too large, and one that does not come in time.
    private func collected(
      _ request: Request, _ context: ServiceContext
    ) async throws -> (Request, [UInt8]) {
      // A page of another origin can send plain text without asking, but not this type.
      let type = request.headers[.contentType]?.split(separator: ";").first ?? ""
      guard type.lowercased() == "application/json" else {
        throw APIError(
          415, "Content-Type: found \(String(type).shown(limit: 80)); expected application/json")
      }
      do {
        return try await withThrowingTaskGroup(of: (Request, [UInt8])?.self) { group in
          group.addTask {
            var request = request
            let buffer = try await request.collectBody(upTo: Self.largestBody)
            return (request, Array(buffer.readableBytesView))
          }
          group.addTask { [longest = options.bodyTime] in
            try await Task.sleep(for: longest)
            return nil
          }
          defer { group.cancelAll() }
          if let collected = try await group.next() ?? nil { return collected }
          context.hangUp()
          throw APIError(
            408, "the body did not come within \(options.bodyTime)",
            code: "timeout")
        }
      } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
        throw APIError(413, "the body is larger than \(Self.largestBody) bytes")
      }
    }

    /// The answer in one piece. A client that leaves ends it.
    private func whole(
      _ wanted: TextRequest, _ request: Request, _ ticket: AdmissionQueue.Ticket
    ) async throws -> Response {
      let json = try await request.body.consumeWithCancellationOnInboundClose { _ in
        try await ticket.wait()
        return try await self.model.reply(to: wanted, onOutcome: self.counters.note) { _ in }
      }
      ticket.finish()
      // Watching for the client's leaving has used the connection up.
      return .json(json, headers: [.connection: "close"])
    }

    /// The answer as server-sent events. An error behind the first of them is an event too.
    private func stream(
      _ wanted: TextRequest, _ request: Request, _ ticket: AdmissionQueue.Ticket
    ) -> Response {
      let body = ResponseBody { writer in
        var writer = writer
        defer { ticket.finish() }
        do {
          try await self.send(wanted, request, ticket, to: &writer)
        } catch let error where !(error is CancellationError) {
          self.counters.noteFailure()
          let event = APIError(cause: error).json
          try await writer.write(Self.event(event.text(pretty: false)))
        }
        try await writer.finish(nil)
      }
      return Response(
        status: .ok,
        headers: [
          .contentType: "text/event-stream", .cacheControl: "no-cache", .connection: "close",
        ], body: body)
    }

    private func send(
      _ wanted: TextRequest, _ request: Request, _ ticket: AdmissionQueue.Ticket,
      to writer: inout any ResponseBodyWriter
    ) async throws {
      let (pieces, source) = AsyncThrowingStream<JSON, any Error>.makeStream()
      let work = Task {
        do {
          try await ticket.wait()
          _ = try await model.reply(to: wanted, onOutcome: counters.note) { source.yield($0) }
          source.finish()
        } catch {
          source.finish(throwing: error)
        }
      }
      source.onTermination = { _ in work.cancel() }
      // The writer is used by this task alone, which the library's closure cannot say.
      nonisolated(unsafe) var out = writer
      defer { writer = out }
      try await request.body.consumeWithInboundCloseHandler { _ in
        for try await piece in pieces {
          try await out.write(Self.event(piece.text(pretty: false)))
        }
        try await out.write(Self.event("[DONE]"))
      } onInboundClosed: {
        work.cancel()
      }
    }

    private static func event(_ data: String) -> ByteBuffer {
      ByteBuffer(string: "data: \(data)\n\n")
    }
  }
#endif
