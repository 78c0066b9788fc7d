#if Network
  import CleaveNetwork
  import CleaveStorage
  import Hummingbird
  import Logging
  import Synchronization

  /// A registry in the test's own process, which can be told to misbehave.
  final class FakeRegistry: Sendable {
    /// One request that came.
    struct Seen: Sendable {
      let method: String
      let path: String
      let query: String
      let authorization: String?
      let range: String?
    }

    /// What it does in place of what it should.
    enum Fault: Sendable {
      case status(Int, [String: String] = [:])
      /// Sends so many bytes of the body, and closes the connection.
      case cut(Int)
      /// Another body, of any length.
      case body([UInt8])
      /// This body with status 200, as of a registry that knows no ranges.
      case plain([UInt8])
      /// Takes so many bytes of what is uploaded, and fails.
      case takes(Int)
      /// The right answer, with other headers.
      case headers([String: String])
    }

    struct Manifest: Sendable {
      let type: String
      let bytes: [UInt8]
    }

    struct State: Sendable {
      /// By repository and digest, as `sha256:…`.
      var blobs: [String: [String: [UInt8]]] = [:]
      /// By repository, and by digest or tag.
      var manifests: [String: [String: Manifest]] = [:]
      var uploads: [String: [UInt8]] = [:]
      /// The number of uploads that were begun.
      var begun = 0
      var seen: [Seen] = []
      var hasReferrers = true
    }

    let state = Mutex(State())
    private let fault = Mutex<@Sendable (Seen, _ earlier: Int) -> Fault?>({ _, _ in nil })
    private let gate = Mutex<Gate>(.open)

    /// Who is let in.
    enum Gate: Sendable {
      case open
      case basic(String)
      /// A token of its own server, which asks for the login.
      case bearer(token: String, login: String?, realm: String)
    }

    /// Misbehaves as `choose` says, which is told how many requests of that method and path came before.
    func misbehave(_ choose: @escaping @Sendable (Seen, _ earlier: Int) -> Fault?) {
      fault.withLock { $0 = choose }
    }

    func behave() { misbehave { _, _ in nil } }

    func close(_ new: Gate) { gate.withLock { $0 = new } }

    var seen: [Seen] { state.withLock { $0.seen } }
    func forget() { state.withLock { $0.seen = [] } }

    /// Serves on a free port of this machine while `body` runs.
    static func serve<Result: Sendable>(
      _ body: @escaping @Sendable (FakeRegistry, HostAndPort) async throws -> Result
    ) async throws -> Result {
      let registry = FakeRegistry()
      let (ports, listening) = AsyncStream<Int>.makeStream()
      let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      let application = Application(
        responder: CallbackResponder<BasicRequestContext> { request, _ in
          try await registry.respond(request)
        },
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: {
          if let port = $0.localAddress?.port { listening.yield(port) }
          listening.finish()
        },
        logger: logger)
      let service = HTTPService(application, grace: .milliseconds(200), logger: logger)
      return try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask {
          try? await service.run()
          listening.finish()
          return nil
        }
        group.addTask {
          guard let port = await ports.first(where: { _ in true }) else { return nil }
          return try await body(registry, HostAndPort(host: "127.0.0.1", port: port))
        }
        defer { group.cancelAll() }
        while let result = try await group.next() {
          if let result { return result }
        }
        throw NotListening()
      }
    }

    struct NotListening: Error {}
  }

  extension FakeRegistry {
    private func respond(_ request: Request) async throws -> Response {
      let body = try await request.body.collect(upTo: 1 << 26)
      let bytes = Array(body.readableBytesView)
      let seen = Seen(
        method: request.method.rawValue, path: request.uri.path, query: request.uri.query ?? "",
        authorization: request.headers[.authorization], range: request.headers[.range])
      let earlier = state.withLock { state in
        defer { state.seen.append(seen) }
        return state.seen.count { $0.method == seen.method && $0.path == seen.path }
      }
      if let refusal = check(seen) { return refusal }
      let chosen = fault.withLock { $0(seen, earlier) }
      switch chosen {
      case .status(let code, let headers)?:
        return Self.reply(
          code, headers, Array(#"{"errors":[{"code":"FAULT","message":"asked for"}]}"#.utf8))
      case .takes(let count)?:
        let id = String(seen.path.split(separator: "/").last ?? "")
        state.withLock { $0.uploads[id]? += bytes.prefix(count) }
        return Self.reply(503)
      default: break
      }
      let answer = answer(seen, request, bytes)
      switch chosen {
      case .cut(let count)?: return Self.cut(answer, after: count)
      case .plain(let other)?: return Self.reply(200, [:], other)
      case .body(let other)?: return Self.reply(answer.code, answer.headers, other)
      case .headers(let other)?:
        return Self.reply(answer.code, answer.headers.merging(other) { $1 }, answer.body)
      default:
        return seen.method == "HEAD"
          ? Self.head(answer) : Self.reply(answer.code, answer.headers, answer.body)
      }
    }

    private func check(_ seen: Seen) -> Response? {
      switch gate.withLock({ $0 }) {
      case .open: return nil
      case .basic(let login):
        guard seen.authorization != "Basic \(login)" else { return nil }
        return Self.reply(401, ["www-authenticate": #"Basic realm="fake""#])
      case .bearer(let token, let login, let realm):
        if seen.path == "/token" {
          guard login == nil || seen.authorization == login.map({ "Basic \($0)" }) else {
            return Self.reply(401)
          }
          return Self.reply(200, [:], Array(#"{"token":"\#(token)"}"#.utf8))
        }
        guard seen.authorization != "Bearer \(token)" else { return nil }
        return Self.reply(
          401, ["www-authenticate": #"Bearer realm="\#(realm)",service="fake",scope="a""#])
      }
    }

    // MARK: Replies

    struct Answer {
      var code = 200
      var headers: [String: String] = [:]
      var body: [UInt8] = []
    }

    static func reply(
      _ code: Int, _ headers: [String: String] = [:], _ body: [UInt8] = []
    ) -> Response {
      Response(
        status: .init(code: code), headers: fields(headers),
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    private static func fields(_ headers: [String: String]) -> HTTPFields {
      var fields = HTTPFields()
      for (name, value) in headers {
        if let name = HTTPFields.Element.Name(name) { fields[name] = value }
      }
      return fields
    }

    private static func head(_ answer: Answer) -> Response {
      var fields = fields(answer.headers)
      fields[.contentLength] = "\(answer.body.count)"
      return Response(status: .init(code: answer.code), headers: fields, body: ResponseBody())
    }

    private struct Cut: Error {}

    private static func cut(_ answer: Answer, after count: Int) -> Response {
      let part = ByteBuffer(bytes: answer.body.prefix(count))
      return Response(
        status: .init(code: answer.code), headers: fields(answer.headers),
        body: ResponseBody(contentLength: answer.body.count) { writer in
          try await writer.write(part)
          throw Cut()
        })
    }
  }
#endif
