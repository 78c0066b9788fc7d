import ArgumentParser
import CleaveModel
import CleaveNetwork
import CleaveRuntime

/// The cloud that `cleave run` asks: a bundle run in this process, or one on another machine.
enum CloudChoice {
  case bundle(Artifact)
  case remote(HostAndPort, RemoteOptions)

  /// A path that exists wins.
  ///
  /// - Throws: `InputError`, `NetworkMissing`.
  init(_ text: String, _ options: RemoteOptions) throws {
    guard !FileSystem.exists(text), let place = HostAndPort(text), place.port > 0 else {
      self = .bundle(try Artifact(opening: text))
      if options.isGiven {
        throw ValidationError("--cloud \(text) is a bundle: expected HOST:PORT with these options")
      }
      return
    }
    guard Network.isAvailable else { throw NetworkMissing() }
    self = .remote(place, options)
  }

  var name: String {
    switch self {
    case .bundle(let artifact): artifact.path
    case .remote(let place, _): place.description
    }
  }

  /// Opens a session with it.
  func client(
    edge: Manifest, numerics: Numerics, pool: ThreadPool
  ) async throws -> CloudClient {
    switch self {
    case .bundle(let bundle):
      let manager = CloudContextManager(
        try CloudModel(bundle), numerics: numerics, pool: pool)
      return try await CloudClient(InProcessLink(manager), edge: edge, numerics: numerics)
    case .remote(let place, let options):
      #if Network
        let cloud = try options.cloud(at: place)
        return try await CloudClient(
          try await cloud.connect(), edge: edge, numerics: numerics, deadline: options.deadline,
          reconnection: cloud.reconnection)
      #else
        _ = (place, options)
        throw NetworkMissing()
      #endif
    }
  }
}
