import ArgumentParser
import CleaveModel
import CleaveNetwork
import CleaveRuntime
import CleaveStorage

/// The cloud that `cleave run` asks: a bundle run in this process, or one on another machine.
enum CloudChoice {
  case bundle(Artifact)
  case remote(HostAndPort, RemoteOptions)

  /// A path that exists wins.
  ///
  /// - Throws: `InputError`, `NetworkMissing`.
  init(_ text: String, _ options: RemoteOptions) throws {
    guard !FileSystem.exists(text), let location = HostAndPort(text), location.port > 0 else {
      self = .bundle(try Artifact(opening: text))
      if options.isGiven {
        throw ValidationError("--cloud \(text) is a bundle: expected HOST:PORT with these options")
      }
      return
    }
    guard Network.isAvailable else { throw NetworkMissing() }
    self = .remote(location, options)
  }

  var name: String {
    switch self {
    case .bundle(let artifact): artifact.path
    case .remote(let location, _): location.description
    }
  }

  var isRemote: Bool {
    if case .remote = self { true } else { false }
  }

  /// Opens a session with it.
  ///
  /// - Parameter onEvent: what happens to the connection.
  func client(
    edge: Manifest, numerics: Numerics, pool: ThreadPool, _ collaboration: CollaborationOptions,
    onEvent: @escaping @Sendable (CloudEvent) -> Void
  ) async throws -> CloudClient {
    switch self {
    case .bundle(let bundle):
      guard collaboration.maxWait == nil, let encoding = StatesEncoding(collaboration.codec) else {
        throw ValidationError(
          "\(bundle.path) runs in this process: --max-wait and --codec auto need HOST:PORT")
      }
      let manager = CloudContextManager(
        try CloudModel(bundle), numerics: numerics, pool: pool)
      return try await CloudClient(
        InProcessLink(manager), edge: edge, numerics: numerics, encoding: encoding)
    case .remote(let location, let options):
      #if Network
        return try await Self.client(
          try options.cloud(at: location), options.deadline, edge, numerics, collaboration, onEvent)
      #else
        _ = (location, options)
        throw NetworkMissing()
      #endif
    }
  }

  #if Network
    private static func client(
      _ cloud: RemoteCloud, _ deadline: Duration, _ edge: Manifest, _ numerics: Numerics,
      _ collaboration: CollaborationOptions, _ onEvent: @escaping @Sendable (CloudEvent) -> Void
    ) async throws -> CloudClient {
      var encoding = StatesEncoding(collaboration.codec)
      if encoding == nil {
        let link = try await LinkProbe.measure(
          try await cloud.connect(), edge: edge, numerics: numerics, deadline: deadline)
        encoding = StatesEncoding.choose(
          bandwidthBitsPerSecond: link.bandwidth, roundTrip: link.roundTrip,
          hiddenSize: edge.configuration.hiddenSize)
      }
      guard let encoding else { preconditionFailure("checked in validate()") }
      guard collaboration.maxWait == nil else {
        return try await CloudClient(
          patient: cloud.reconnection, edge: edge, numerics: numerics, encoding: encoding,
          onEvent: onEvent)
      }
      return try await CloudClient(
        try await cloud.connect(), edge: edge, numerics: numerics, encoding: encoding,
        deadline: deadline, reconnection: cloud.reconnection, onEvent: onEvent)
    }
  #endif
}
