#if Network
  import AsyncHTTPClient
  import CleaveStorage
  import NIOCore
  import NIOHTTP1
  import Synchronization

  /// Answers a registry that asks who is there: with a user and a password, or with a token that a server of the registry's
  /// gives for them.
  final class RegistryAuthenticator: Sendable {
    private let registry: String
    private let access: RegistryAccess
    /// What identified the client before, by scopes.
    private let known = Mutex<[[String]: String]>([:])

    private static let largestToken = 1 << 20

    init(_ registry: String, access: RegistryAccess) {
      self.registry = registry
      self.access = access
    }

    /// The header's value that was good for these scopes; nil before the registry has asked.
    func authorization(for scopes: [String]) -> String? { known.withLock { $0[scopes] } }

    /// Finds what the registry asks for.
    ///
    /// - Parameter headers: the challenges.
    /// - Throws: `RegistryError` where there is no login, or the registry asks for something else.
    func authorize(
      _ headers: [String], scopes: [String], http: RegistryTransport
    ) async throws -> String {
      let challenges = headers.flatMap(AuthenticationChallenge.list)
      let login = try login()
      let value: String
      if let bearer = challenges.first(where: { $0.scheme == "bearer" }) {
        value = try await token(bearer, login, scopes, http)
      } else if challenges.contains(where: { $0.scheme == "basic" }) {
        guard let login else { throw refusal("") }
        value = login.authorization
      } else {
        throw RegistryError(
          registry,
          "a login by \(challenges.first?.scheme.shown(limit: 40) ?? "a way that it does not name")",
          advice: "cleave knows Basic and Bearer.")
      }
      known.withLock { $0[scopes] = value }
      return value
    }

    /// The login that was given or is kept; nil where there is none, or a helper keeps it.
    private func login() throws -> Credential? {
      if let credential = access.credential { return credential }
      guard case .credential(let credential)? = try access.configuration?.login(registry) else {
        return nil
      }
      return credential
    }

    /// Asks the token server that a challenge names.
    private func token(
      _ challenge: AuthenticationChallenge, _ login: Credential?, _ scopes: [String],
      _ http: RegistryTransport
    ) async throws -> String {
      // A token was given, so there is none to ask for.
      if case .bearer? = login { return login?.authorization ?? "" }
      var items: [(name: String, value: String)] = []
      if let service = challenge.parameters["service"] { items.append(("service", service)) }
      items += scopes.map { ("scope", $0) }
      guard let realm = challenge.parameters["realm"],
        let address = WebAddress.adding(items, to: realm),
        let origin = WebAddress.origin(of: address),
        origin.hasPrefix("https://") || http.access.speaksPlainHTTP
      else {
        throw RegistryError(
          registry,
          "a token server at \(challenge.parameters["realm"]?.shown(limit: 300) ?? "no address")",
          advice: "cleave asks only servers that speak HTTPS.")
      }
      var request = HTTPClientRequest(url: address)
      request.headers.add(name: "accept", value: "application/json")
      if let login { request.headers.add(name: "authorization", value: login.authorization) }
      let response = try await http.http.execute(request, deadline: .now() + .seconds(60))
      guard response.status == .ok else { throw refusal(await http.text(of: response)) }
      return "Bearer \(try await token(in: response))"
    }

    private func token(in response: HTTPClientResponse) async throws -> String {
      let body: ByteBuffer
      do {
        body = try await response.body.collect(upTo: Self.largestToken)
      } catch is NIOTooManyBytesError {
        throw RegistryError(registry, "a token of more than \(Self.largestToken) bytes")
      }
      let json = try JSONNode(
        parsing: Array(body.readableBytesView), file: "\(registry): token", depth: 8)
      let node = try json.optional("token") ?? json.required("access_token")
      let token = try node.string()
      guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
        throw RegistryError(registry, "a token with characters that none has")
      }
      return token
    }

    /// The refusal of a login, with what there is to do about it.
    func refusal(_ words: String) -> RegistryError {
      let detail = words.isEmpty ? "" : " (\(words))"
      if access.credential == nil,
        case .helper(let name)? = try? access.configuration?.login(registry)
      {
        return RegistryError(
          registry,
          "it asks for a login\(detail), which the helper docker-credential-\(name.shown(limit: 80)) keeps",
          advice: "cleave runs no helpers: give --token-file.")
      }
      let isGiven = (try? login()) != nil
      return RegistryError(
        registry, isGiven ? "the login is refused\(detail)" : "it asks for a login\(detail)",
        advice: isGiven
          ? "Is it allowed to do this?" : "Log in with docker login, or give --token-file.")
    }
  }
#endif
