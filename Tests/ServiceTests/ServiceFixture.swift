#if Network
  import CleaveGenerate
  import CleaveModel
  import CleaveNetwork
  import CleaveRuntime
  import CleaveService
  import CleaveStorage
  import Logging
  import TestSupport

  /// A tiny model with exits, whole and in two bundles, and servers of it.
  struct ServiceFixture: Sendable {
    let scratch: Scratch
    let model: Artifact
    let edge: Artifact
    let cloud: Artifact

    init(_ tiny: TinyModel = .llama3, threshold: Double = 0.9) throws {
      scratch = try Scratch()
      (model, edge, cloud) = try tiny.bundles(
        exits: [2, 4], threshold: threshold, into: scratch)
    }

    /// The settings of the tests: float32, on one thread.
    static func settings(_ change: (inout ServiceSettings) throws -> Void = { _ in }) rethrows
      -> ServiceSettings
    {
      var settings = ServiceSettings()
      settings.threads = 1
      settings.numerics = Numerics(activations: .float32, cache: .f32)
      try change(&settings)
      return settings
    }

    /// The edge with its cloud in this process.
    func pair(_ change: (inout ServiceSettings) -> Void = { _ in }) throws -> ServedModel {
      try ServedModel(
        edge,
        settings: try Self.settings {
          $0.cloud = try CloudAddress(cloud.path)
          change(&$0)
        })
    }

    /// The model without exits.
    func scratchModel() throws -> Artifact { try Artifact(opening: scratch("model")) }

    /// The model that runs whole.
    func whole() throws -> ServedModel {
      try ServedModel(try scratchModel(), settings: Self.settings())
    }

    /// Serves while `body` runs, on a free port of this machine.
    static func serve<Result: Sendable>(
      _ model: ServedModel, change: (inout APIServer.Options) -> Void = { _ in },
      _ body: @escaping @Sendable (APIServer, HostAndPort) async throws -> Result
    ) async throws -> Result {
      var options = APIServer.Options(address: HostAndPort(host: "127.0.0.1", port: 0))
      options.drain = .seconds(5)
      change(&options)
      let server = try APIServer(
        model, options: options, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      let (addresses, listening) = AsyncStream<HostAndPort>.makeStream()
      let running = Task {
        defer { listening.finish() }
        try await server.run { listening.yield($0) }
      }
      guard let first = await addresses.first(where: { _ in true }) else {
        try await running.value
        throw HTTPExchange.Failed(description: "the server did not listen")
      }
      do {
        let result = try await body(server, first)
        server.stop()
        try await running.value
        return result
      } catch {
        server.stop()
        try? await running.value
        throw error
      }
    }
  }
#endif
