#if Network
  import CleaveNetwork
  import CleaveStorage
  import Foundation
  import Hummingbird

  extension APIServer {
    /// The largest body of a request, in bytes.
    static let largestBody = 4 << 20

    func router(keys: Tokens?, isLoopback: Bool) -> Router<ServiceContext> {
      let router = Router(context: ServiceContext.self)
      router.add(middleware: ErrorReply(counters: counters))
      router.add(middleware: SameOrigin(isLoopback: isLoopback))
      router.add(middleware: KeyGate(keys: keys, open: Self.pagePaths.union(["/health"])))
      addPage(to: router)
      router.get("health") { _, _ in
        self.queue.isOpen
          ? Response.json(["status": "ok"])
          : Response.json(["status": "stopping"], status: .serviceUnavailable)
      }
      router.get("metrics") { _, _ in
        Response(
          status: .ok, headers: [.contentType: "text/plain; version=0.0.4"],
          body: ResponseBody(byteBuffer: ByteBuffer(string: self.metricsText)))
      }
      router.get("v1/models") { _, _ in Response.json(self.models) }
      // A name may hold slashes, which clients send as they are or as %2F.
      router.get("v1/models/**") { request, _ in
        let name = request.uri.path.dropFirst("/v1/models/".count)
        try self.check(String(name).removingPercentEncoding ?? String(name))
        return Response.json(self.card)
      }
      router.post("v1/chat/completions") { request, context in
        try await self.answer(request, context, TextRequest.chat)
      }
      router.post("v1/completions") { request, context in
        try await self.answer(request, context, TextRequest.completion)
      }
      return router
    }

    private var models: JSON { ["object": "list", "data": .array([card])] }

    /// The model as `/v1/models` shows it. What `cleave` holds there is no part of OpenAI's interface.
    private var card: JSON {
      [
        "id": .string(model.name), "object": "model", "created": 0, "owned_by": "cleave",
        "cleave": [
          "context_length": .integer(Int64(model.contextLength)),
          "chat": .bool(model.hasTemplate),
          "exits": .array(model.exitDepths.map { .integer(Int64($0)) }),
          "modes": .array(model.modes.map { .string($0.rawValue) }),
          "mode": .string(model.defaultMode.rawValue),
          "thresholds": .array(model.thresholds.map { .real($0) }),
        ],
      ]
    }

    /// - Throws: `APIError` for a model of another name.
    func check(_ name: String?) throws {
      guard let name, name != model.name else { return }
      throw APIError(
        404, "found the model \(name.shown(limit: 80)); this server has \(model.name)",
        parameter: "model", code: "model_not_found")
    }
  }
#endif
