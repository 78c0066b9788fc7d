#if Network
  import CleaveNetwork
  import CleaveStorage
  import Hummingbird

  /// Turns errors into OpenAI's form of them.
  struct ErrorReply: RouterMiddleware {
    let counters: ServiceCounters

    func handle(
      _ request: Request, context: ServiceContext,
      next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
      do { return try await next(request, context) } catch {
        counters.noteFailure()
        return .error(Self.apiError(error, request))
      }
    }

    private static func apiError(_ error: any Error, _ request: Request) -> APIError {
      guard let error = error as? any HTTPResponseError else { return APIError(cause: error) }
      let path = request.uri.path.shown(limit: 200)
      return APIError(
        error.status.code, "\(request.method) \(path): \(error.status.reasonPhrase)",
        code: error.status == .notFound ? "not_found" : nil)
    }
  }

  /// Refuses pages of other origins, whose requests a browser would send with the person's access to this machine.
  struct SameOrigin: RouterMiddleware {
    /// Whether the server listens on this machine's own addresses, so that no other name is its own.
    let isLoopback: Bool

    func handle(
      _ request: Request, context: ServiceContext,
      next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
      let host = request.head.authority ?? ""
      if isLoopback {
        let name = HostAndPort(host) ?? HostAndPort("\(host):80")
        guard name?.isLoopback == true else {
          throw APIError(
            403, "Host: found \(host.shown(limit: 80)); expected an address of this machine")
        }
      }
      if let origin = request.headers[.origin] {
        guard origin == "http://\(host)" || origin == "https://\(host)" else {
          throw APIError(403, "Origin: found \(origin.shown(limit: 80)); expected that of \(host)")
        }
      }
      return try await next(request, context)
    }
  }

  /// Asks for an API key.
  struct KeyGate: RouterMiddleware {
    let keys: Tokens?
    /// The paths that are open to all.
    let open: Set<String>

    func handle(
      _ request: Request, context: ServiceContext,
      next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
      guard let keys, !open.contains(request.uri.path) else {
        return try await next(request, context)
      }
      let scheme = "bearer "
      let value = request.headers[.authorization] ?? ""
      guard value.lowercased().hasPrefix(scheme),
        keys.name(of: String(value.dropFirst(scheme.count))) != nil
      else {
        throw APIError(
          401, "no API key that this server knows; send it as Authorization: Bearer KEY",
          code: "invalid_api_key")
      }
      return try await next(request, context)
    }
  }
#endif
