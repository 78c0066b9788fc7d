import CleaveGenerate
import CleaveModel
import CleaveRuntime

/// The cloud that the requests of a service share: a bundle in this process, whose passes take all that ask, or a
/// server.
enum ServedCloud: Sendable {
  case bundle(CloudModel, CloudContextManager)
  case server(CloudAddress)

  /// - Throws: `InputError` for a bundle that cannot be opened.
  init(_ address: CloudAddress, _ settings: ServiceSettings, _ pool: ThreadPool) throws {
    switch address {
    case .bundle(let artifact):
      let model = try CloudModel(artifact)
      self = .bundle(
        model, CloudContextManager(model, numerics: settings.numerics, pool: pool))
    case .server: self = .server(address)
    }
    // Refuses settings that a cloud in this process cannot heed.
    _ = try CloudConnector(
      address, encoding: settings.encoding, options: settings.session, access: settings.access)
  }

  /// Opens a session.
  ///
  /// - Throws: what `CloudConnector.client` throws.
  func client(
    _ edge: Manifest, _ settings: ServiceSettings, _ options: EdgeSession.Options,
    feedback: ExitFeedback?, pool: ThreadPool
  ) async throws -> CloudClient {
    switch self {
    case .bundle(_, let manager):
      return try await CloudClient(
        InProcessLink(manager), edge: edge, numerics: settings.numerics,
        encoding: settings.encoding ?? .float32, feedback: feedback)
    case .server(let address):
      let connector = try CloudConnector(
        address, encoding: settings.encoding, options: options, access: settings.access)
      return try await connector.client(
        edge: edge, numerics: settings.numerics, feedback: feedback, pool: pool, onEvent: { _ in })
    }
  }
}
