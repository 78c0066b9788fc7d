import CleaveStorage
import FoundationEssentials

/// The logins that `docker login` and tools like it keep in `config.json`.
package struct DockerConfiguration: Sendable {
  /// What it says of one registry.
  enum Login: Equatable, Sendable {
    case none
    case credential(Credential)
    /// A helper program keeps the login.
    case helper(String)
  }

  private let path: String
  private let root: JSONNode?

  private static let largest = 1 << 20

  /// Reads the file where Docker keeps it: in `$DOCKER_CONFIG`, or else in `~/.docker`.
  ///
  /// - Throws: `InputError` for one that cannot be read; none is no error.
  package init(environment: [String: String]) throws {
    let directory =
      environment["DOCKER_CONFIG"] ?? environment["HOME"].map { "\($0)/.docker" } ?? ""
    try self.init(path: "\(directory)/config.json")
  }

  init(path: String) throws {
    self.path = path
    root =
      FileSystem.exists(path)
      ? try FileSystem.readJSON(path, limit: Self.largest) : nil
  }

  /// The login of a registry.
  ///
  /// - Throws: `InputError` for an entry that is no login, or one that cleave cannot use.
  func login(_ registry: String) throws -> Login {
    guard let root else { return .none }
    if let helpers = try root.optional("credHelpers"),
      let name = try member(of: helpers, registry)?.string()
    {
      return .helper(name)
    }
    if let auths = try root.optional("auths"), let entry = try member(of: auths, registry),
      let credential = try credential(entry)
    {
      return .credential(credential)
    }
    if let store = try root.optional("credsStore")?.string(), !store.isEmpty {
      return .helper(store)
    }
    return .none
  }

  /// The member that a registry's name stands for, with or without a scheme and a path.
  private func member(of node: JSONNode, _ registry: String) throws -> JSONNode? {
    let names = RegistryHost.names(of: registry)
    return try node.members().first { names.contains(Self.host(of: $0.name)) }?.node
  }

  private static func host(of key: String) -> String {
    let rest = key.firstRange(of: "://").map { key[$0.upperBound...] } ?? key[...]
    return String(rest.prefix { $0 != "/" })
  }

  private func credential(_ entry: JSONNode) throws -> Credential? {
    if let token = try entry.optional("identitytoken"), try !token.string().isEmpty {
      throw InputError(
        file: path, location: token.path, found: "an identity token",
        expected: "auth: a user and a password or an access token",
        advice: "Give --token-file.")
    }
    guard let node = try entry.optional("auth") else { return nil }
    let text = try node.string()
    guard !text.isEmpty else { return nil }
    guard let data = Data(base64Encoded: text),
      let pair = String(validating: data, as: UTF8.self), let credential = Credential(pair: pair)
    else {
      throw InputError(
        file: path, location: node.path, found: "a text that is none",
        expected: "base64 of USER:PASSWORD")
    }
    return credential
  }
}

/// The names under which one registry is known.
enum RegistryHost {
  private static let dockerHub = ["docker.io", "index.docker.io", "registry-1.docker.io"]

  static func names(of registry: String) -> [String] {
    dockerHub.contains(registry) ? dockerHub : [registry]
  }

  /// The host that answers: Docker Hub's has another name than the registry.
  static func address(of registry: String) -> String {
    dockerHub.contains(registry) ? "registry-1.docker.io" : registry
  }
}
