import CleaveExits
import CleaveModel

#if Network
  import CleaveNetwork
  import CleaveModel
  import CleaveRuntime
  import Logging
  import TestSupport
  import Testing

  /// A tiny model in two bundles, and servers of its cloud.
  struct ServerFixture: Sendable {
    let scratch: Scratch
    let edge: Artifact
    let cloud: Artifact
    let pool: ThreadPool

    init() throws {
      scratch = try Scratch()
      let bundles = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
      (edge, cloud) = (bundles.edge, bundles.cloud)
      pool = try ThreadPool(threads: 1)
    }

    func manager(_ limits: CloudLimits = CloudLimits()) throws -> CloudContextManager {
      CloudContextManager(try CloudModel(cloud), pool: pool, limits: limits)
    }

    /// Serves while `body` runs, on a free port of this machine.
    func withServer<Result: Sendable>(
      manager: (any SessionHost)? = nil, of bundle: Artifact? = nil,
      logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      change: (inout CloudServer.Options) -> Void = { _ in },
      _ body: @escaping @Sendable (CloudServer, HostAndPort) async throws -> Result
    ) async throws -> Result {
      var options = CloudServer.Options(address: HostAndPort(host: "127.0.0.1", port: 0))
      options.drain = .milliseconds(200)
      change(&options)
      let server = try CloudServer(
        try manager ?? self.manager(), manifest: (bundle ?? cloud).manifest, numerics: .standard,
        options: options, logger: logger)
      let (addresses, listening) = AsyncStream<HostAndPort>.makeStream()
      let running = Task {
        defer { listening.finish() }
        try await server.run { listening.yield($0.address) }
      }
      guard let first = await addresses.first(where: { _ in true }) else {
        try await running.value
        throw LinkClosed("the server did not listen")
      }
      do {
        let result = try await body(server, first)
        server.stop()
        try await running.value
        return result
      } catch {
        server.stop()
        try await running.value
        throw error
      }
    }

    /// The tokens of a generation that asks the cloud for every one.
    func tokens(
      _ link: any CloudLink, sampling: Sampling = .greedy, deadline: Duration? = .seconds(30),
      reconnection: CloudClient.Reconnection? = nil,
      onAnswer: (Answer) throws -> Bool = { _ in true }
    ) async throws -> [Int] {
      let client = try await CloudClient(
        link, edge: edge.manifest, deadline: deadline, reconnection: reconnection)
      let session = EdgeSession(
        try EdgeModel(edge), policy: .off(exits: 2),
        sampling: sampling, cloud: client, pool: pool)
      let generation = Generation(maxTokens: 12, stopTokens: [])
      let result = try await generation.run(session, prompt: [1, 2, 3, 4, 5], onAnswer: onAnswer)
      await client.close()
      return result.answers.map(\.token)
    }

    func tokensInProcess(sampling: Sampling = .greedy) async throws -> [Int] {
      try await tokens(InProcessLink(try manager()), sampling: sampling)
    }
  }
#endif
