#if Network
  import AsyncHTTPClient
  import CleaveStorage
  import NIOCore
  import NIOHTTP1

  /// Sends requests to one registry: identifies itself where the registry asks for it, sends again what a busy registry or a
  /// broken connection has failed, and follows redirects without taking the login along to other hosts.
  final class RegistryTransport: Sendable {
    /// The registry as it was named.
    let registry: String
    /// The scheme and host that every request begins with.
    let origin: String
    let access: RegistryAccess
    let http: HTTPClient
    private let authenticator: RegistryAuthenticator

    private static let mostRedirects = 5
    /// The longest text of an error that is read.
    private static let longestError = 1 << 16

    init(_ registry: String, access: RegistryAccess, http: HTTPClient) {
      self.registry = registry
      self.access = access
      self.http = http
      origin =
        (access.speaksPlainHTTP ? "http://" : "https://") + RegistryHost.address(of: registry)
      authenticator = RegistryAuthenticator(registry, access: access)
    }

    /// Sends a request, and again where that may help.
    ///
    /// - Returns: the response, of any status that another attempt would not change.
    /// - Throws: `RegistryError` where the registry cannot be reached, or stays busy.
    func send(_ request: RegistryRequest) async throws -> HTTPClientResponse {
      var failures = 0
      while true {
        let failure: RegistryFailure
        do {
          let response = try await authorized(request)
          guard let busy = try RegistryFailure(response, access.retries, registry) else {
            return response
          }
          failure = busy
        } catch let error where RegistryFailure.isOfConnection(error) {
          failure = try RegistryFailure(error, registry)
        }
        failures += 1
        guard request.isRepeatable, failures < access.retries.attempts else {
          throw failure.error(registry, attempts: failures)
        }
        try await Task.sleep(for: failure.asked ?? access.retries.pause(after: failures))
      }
    }

    /// Sends a request once, and once more with a login where the registry asks for one.
    private func authorized(_ request: RegistryRequest) async throws -> HTTPClientResponse {
      let known = authenticator.authorization(for: request.scopes)
      let (response, address) = try await followed(request, known)
      // Only the registry itself may ask for its login.
      guard response.status == .unauthorized,
        WebAddress.origin(of: address) == WebAddress.origin(of: origin)
      else { return response }
      let authorization = try await authenticator.authorize(
        response.headers["www-authenticate"], scopes: request.scopes, http: self)
      let (second, _) = try await followed(request, authorization)
      guard second.status != .unauthorized else {
        throw authenticator.refusal(await text(of: second))
      }
      return second
    }

    /// Sends a request, and where it reads only, follows redirects.
    ///
    /// - Returns: the response, and the address that gave it.
    private func followed(
      _ request: RegistryRequest, _ authorization: String?
    ) async throws -> (HTTPClientResponse, String) {
      var address = request.address
      for _ in 0...Self.mostRedirects {
        let response = try await execute(request, at: address, authorization)
        guard request.method == .GET || request.method == .HEAD,
          [301, 302, 303, 307, 308].contains(response.status.code),
          let location = response.headers.first(name: "location")
        else { return (response, address) }
        guard let next = WebAddress.resolve(location, from: address) else {
          throw RegistryError(
            registry, "a redirect to \(location.shown(limit: 300)), which is not followed")
        }
        address = next
      }
      throw RegistryError(registry, "more than \(Self.mostRedirects) redirects")
    }

    private func execute(
      _ request: RegistryRequest, at address: String, _ authorization: String?
    ) async throws -> HTTPClientResponse {
      var sent = HTTPClientRequest(url: address)
      sent.method = request.method
      sent.headers = request.headers
      sent.headers.add(name: "user-agent", value: "cleave")
      if let authorization, WebAddress.origin(of: address) == WebAddress.origin(of: origin) {
        sent.headers.add(name: "authorization", value: authorization)
      }
      if let body = request.body { sent.body = .bytes(body) }
      return try await http.execute(sent, deadline: .distantFuture)
    }

    /// The message of an error, as the registry words it; empty where it gives none.
    func text(of response: HTTPClientResponse) async -> String {
      guard let body = try? await response.body.collect(upTo: Self.longestError) else { return "" }
      let bytes = Array(body.readableBytesView)
      guard let json = try? JSONNode(parsing: bytes, file: registry, depth: ImageManifest.depth),
        let first = try? json.optional("errors")?.elements().first
      else { return "" }
      let words = ["code", "message"].compactMap { try? first.optional($0)?.string() }
      return words.joined(separator: ": ").shown(limit: 500)
    }

    /// The error of a status that was not expected.
    func refusal(_ response: HTTPClientResponse, _ what: String) async -> RegistryError {
      let words = await text(of: response)
      let status = "\(response.status.code) \(response.status.reasonPhrase)"
      return RegistryError(
        registry, "\(what): \(status)" + (words.isEmpty ? "" : " (\(words))"),
        advice: RegistryFailure.advice(response.status))
    }
  }
#endif
