import CleaveModel
import CleaveNetwork
import CleaveStorage

/// The cloud that a generation asks: a bundle that runs in this process, or a server at an address.
package enum CloudAddress: Sendable {
  case bundle(Artifact)
  case server(HostAndPort)

  /// Reads a path or HOST:PORT. A path that exists is a bundle, even where it reads as an address.
  ///
  /// - Throws: `InputError` for a bundle that cannot be opened, `NetworkMissing` for an address in a
  ///   build without the network.
  package init(_ text: String) throws {
    guard !FileSystem.exists(text), let address = HostAndPort(text), address.port > 0 else {
      self = .bundle(try Artifact(opening: text))
      return
    }
    guard Network.isAvailable else { throw NetworkMissing() }
    self = .server(address)
  }

  package var isServer: Bool {
    if case .server = self { true } else { false }
  }
}

extension CloudAddress: CustomStringConvertible {
  /// The bundle's path, or HOST:PORT.
  package var description: String {
    switch self {
    case .bundle(let artifact): artifact.path
    case .server(let address): address.description
    }
  }
}
