import CleaveNetwork
import CleaveStorage

/// The name of a bundle in a registry: `REGISTRY/NAME:TAG`, or `REGISTRY/NAME@sha256:DIGEST` for one that cannot change.
package struct RegistryReference: Equatable, Sendable {
  /// The part that says which of a repository's bundles is meant.
  package enum Version: Equatable, Sendable {
    case tag(String)
    /// 64 hexadecimal digits.
    case digest(String)
  }

  /// The registry as it was named: a host, with a port where that is not the scheme's.
  package let registry: String
  /// The repository.
  package let name: String
  package let version: Version

  /// The limit of a registry with its repository that other clients have.
  private static let longestName = 255

  /// Reads a reference.
  ///
  /// - Throws: `SettingError` for a text that is none.
  package init(_ text: String) throws {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, Self.isRegistry(parts[0]) else {
      throw Self.refusal(text, found: "no registry before the first /")
    }
    registry = String(parts[0])
    (name, version) = try Self.split(parts[1], text)
    guard Self.isRepository(name), "\(registry)/\(name)".utf8.count <= Self.longestName else {
      throw Self.refusal(text, found: "\"\(name.shown(limit: 300))\" as the repository's name")
    }
  }

  private static func split(_ rest: Substring, _ text: String) throws -> (String, Version) {
    if let at = rest.firstIndex(of: "@") {
      let digest = rest[rest.index(after: at)...]
      guard digest.hasPrefix("sha256:"), FileDigest.isSHA256(String(digest.dropFirst(7))) else {
        throw refusal(text, found: "another digest than sha256: and 64 hexadecimal digits")
      }
      // A tag beside a digest says nothing that the digest does not.
      let name = rest[..<at].split(separator: ":", maxSplits: 1).first ?? ""
      return (String(name), .digest(String(digest.dropFirst(7))))
    }
    guard let colon = rest.firstIndex(of: ":") else {
      throw refusal(text, found: "no tag")
    }
    let tag = rest[rest.index(after: colon)...]
    guard tag.utf8.count <= 128, (try? /[a-zA-Z0-9_][a-zA-Z0-9._\-]*/.wholeMatch(in: tag)) != nil
    else { throw refusal(text, found: "\"\(String(tag).shown(limit: 200))\" as the tag") }
    return (String(rest[..<colon]), .tag(String(tag)))
  }

  /// Whether the text before the first slash is a host and no part of a repository's name.
  private static func isRegistry(_ text: Substring) -> Bool {
    guard text.contains(".") || text.contains(":") || text == "localhost" else { return false }
    return HostAndPort(text.contains(":") ? String(text) : "\(text):443") != nil
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x40 && $0 != 0x3F && $0 != 0x23 }
  }

  /// Whether the text is a repository's name, as the OCI distribution specification has them.
  package static func isRepository(_ text: String) -> Bool {
    guard !text.isEmpty, text.utf8.count <= longestName else { return false }
    return text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
      (try? /[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*/.wholeMatch(in: $0)) != nil
    }
  }

  private static func refusal(_ text: String, found: String) -> SettingError {
    SettingError(
      .reference, value: text.shown(limit: 400), found: found,
      expected: "REGISTRY/NAME:TAG, as registry.example.com/models/edge:1.0")
  }
}

extension RegistryReference: CustomStringConvertible {
  package var description: String { "\(registry)/\(name)\(separator)\(path)" }

  private var separator: String {
    switch version {
    case .tag: ":"
    case .digest: "@"
    }
  }

  /// The last part of a manifest's address.
  var path: String {
    switch version {
    case .tag(let tag): tag
    case .digest(let digest): "sha256:\(digest)"
    }
  }

  /// Whether the registry runs on this machine.
  package var isLoopback: Bool {
    (HostAndPort(registry) ?? HostAndPort(host: registry, port: 443)).isLoopback
  }
}

extension SettingError.Setting {
  /// The name of a bundle in a registry.
  package static let reference = Self("reference")
}
