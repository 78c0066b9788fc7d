import CleaveModel
import CleaveNetwork
import CleaveRuntime
import CleaveStorage

/// Opens a session with a cloud, in this process or on a server.
package struct CloudConnector: Sendable {
  package let address: CloudAddress
  /// How hidden states are packed for the upload; nil chooses by a measurement of the link, which
  /// only a server has.
  private let encoding: StatesEncoding?
  private let options: EdgeSession.Options
  private let access: ServerAccess

  /// - Parameters:
  ///   - options: how the edge's session asks this cloud.
  ///   - access: how a server is reached; a bundle in this process has no use for it.
  /// - Throws: `SettingError` for settings that only a server can heed, where `address` is a bundle.
  package init(
    _ address: CloudAddress, encoding: StatesEncoding?, options: EdgeSession.Options,
    access: ServerAccess = ServerAccess()
  ) throws {
    if !address.isServer {
      func refuse(_ setting: SettingError.Setting) -> SettingError {
        SettingError(
          setting, found: "a cloud that runs in this process, \(address)",
          expected: "HOST:PORT of a cloud that is served")
      }
      if options.maxWait != nil { throw refuse(.longestWait) }
      if encoding == nil { throw refuse(.chosenEncoding) }
    }
    self.address = address
    self.encoding = encoding
    self.options = options
    self.access = access
  }

  /// The options of an edge session that asks this cloud.
  package var sessionOptions: EdgeSession.Options { options }

  /// Opens a session.
  ///
  /// - Parameters:
  ///   - edge: the manifest of the edge bundle that asks.
  ///   - feedback: the hidden states that are to come back.
  ///   - pool: the threads that a cloud in this process computes with.
  ///   - onEvent: told what happens to the connection of a server.
  /// - Throws: `InputError`, `CloudRefusal`, `FeedbackMissing`, `LinkClosed`, `RemoteRefused`,
  ///   `DeadlineExceeded`.
  package func client(
    edge: Manifest, numerics: Numerics, feedback: ExitFeedback?, pool: ThreadPool,
    onEvent: @escaping @Sendable (CloudEvent) -> Void
  ) async throws -> CloudClient {
    switch address {
    case .bundle(let bundle):
      guard let encoding else { preconditionFailure("init refuses a bundle without an encoding") }
      let manager = CloudContextManager(try CloudModel(bundle), numerics: numerics, pool: pool)
      return try await CloudClient(
        InProcessLink(manager), edge: edge, numerics: numerics, encoding: encoding,
        feedback: feedback)
    case .server(let address):
      #if Network
        return try await client(
          of: try access.cloud(at: address), edge: edge, numerics: numerics, feedback: feedback,
          onEvent: onEvent)
      #else
        _ = address
        throw NetworkMissing()
      #endif
    }
  }

  #if Network
    private func client(
      of cloud: RemoteCloud, edge: Manifest, numerics: Numerics, feedback: ExitFeedback?,
      onEvent: @escaping @Sendable (CloudEvent) -> Void
    ) async throws -> CloudClient {
      var cloud = cloud
      if feedback != nil { cloud.expectStates(hiddenSize: edge.configuration.hiddenSize) }
      let encoding: StatesEncoding
      if let chosen = self.encoding {
        encoding = chosen
      } else {
        encoding = try await measuredEncoding(cloud, edge, numerics)
      }
      guard options.maxWait == nil else {
        return try await CloudClient(
          patient: cloud.reconnection, edge: edge, numerics: numerics, encoding: encoding,
          feedback: feedback, exitsMayAnswer: !options.isLossless, onEvent: onEvent)
      }
      return try await CloudClient(
        try await cloud.connect(), edge: edge, numerics: numerics, encoding: encoding,
        feedback: feedback, exitsMayAnswer: !options.isLossless, deadline: access.deadline,
        reconnection: cloud.reconnection, onEvent: onEvent)
    }

    /// The encoding whose hidden states cross the link soonest.
    private func measuredEncoding(
      _ cloud: RemoteCloud, _ edge: Manifest, _ numerics: Numerics
    ) async throws -> StatesEncoding {
      let link = try await LinkProbe.measure(
        try await cloud.connect(), edge: edge, numerics: numerics, deadline: access.deadline)
      return StatesEncoding.choose(
        bandwidthBitsPerSecond: link.bandwidth, roundTrip: link.roundTrip,
        for: edge.configuration)
    }
  #endif
}

extension SettingError.Setting {
  /// The longest wait for an answer of the cloud before the edge answers by itself.
  package static let longestWait = Self("the longest wait for the cloud")
  /// An encoding of hidden states that is chosen by a measurement of the link.
  package static let chosenEncoding = Self("an encoding chosen by the link")
}
