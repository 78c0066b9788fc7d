import CleaveExits
import CleaveModel
import CleaveRuntime
import TestSupport

/// A tiny model cut into tiers in one process: a device, middles, and a cloud.
struct TierFixture {
  let scratch: Scratch
  let model: Artifact
  let bundles: [Artifact]
  let device: EdgeModel
  let cloud: CloudModel
  let pool: ThreadPool
  let numerics: Numerics

  /// - Parameters:
  ///   - depths: of the exits.
  ///   - cuts: the depths among them at which tiers end.
  init(
    _ tiny: TinyModel = .llama3, exits depths: [Int] = [2, 4], cuts: [Int] = [2, 4],
    threshold: Double = 2, numerics: Numerics = .standard,
    change: (inout ExitAttachment) -> Void = { _ in }
  ) throws {
    scratch = try Scratch()
    model = try tiny.withExits(depths, threshold: threshold, into: scratch, change: change)
    bundles = try TinyModel.tiers(model, at: cuts, into: scratch)
    device = try EdgeModel(bundles[0])
    cloud = try CloudModel(bundles[bundles.count - 1])
    pool = try ThreadPool(threads: 1)
    self.numerics = numerics
  }

  func manager(_ limits: CloudLimits = CloudLimits()) -> CloudContextManager {
    CloudContextManager(cloud, numerics: numerics, pool: pool, limits: limits)
  }

  /// The middles before a host, the first of them the one that the device asks.
  ///
  /// - Parameter thresholds: of the middle's exits; nil takes those of the bundle.
  func middle(
    _ last: any SessionHost, thresholds: [Double]? = nil, limits: CloudLimits = CloudLimits()
  ) throws -> any SessionHost {
    try bundles.dropFirst().dropLast().reversed().reduce(last) { behind, bundle in
      try tier(bundle, thresholds: thresholds, limits: limits) { InProcessLink(behind) }
    }
  }

  func tier(
    _ bundle: Artifact, thresholds: [Double]? = nil, limits: CloudLimits = CloudLimits(),
    link: @escaping @Sendable () async throws -> any CloudLink
  ) throws -> MiddleTier {
    let numerics = numerics
    return MiddleTier(
      try MiddleModel(bundle, thresholds: thresholds, numerics: numerics), pool: pool,
      limits: limits
    ) { exitsMayAnswer in
      try await CloudClient(
        try await link(), edge: bundle.manifest, numerics: numerics,
        exitsMayAnswer: exitsMayAnswer, deadline: .seconds(30))
    }
  }

  /// What the device generates that asks this host.
  ///
  /// - Parameter thresholds: of the device's exits; nil takes those of the bundle.
  func answers(
    asking host: any SessionHost, prompt: [Int] = [1, 2, 3, 4, 5], count: Int = 16,
    thresholds: [Double]? = nil, sampling: Sampling = .greedy,
    options: EdgeSession.Options = .init(), exitsMayAnswer: Bool = true
  ) async throws -> [Answer] {
    let client = try await CloudClient(
      InProcessLink(host), edge: device.manifest, numerics: numerics,
      exitsMayAnswer: exitsMayAnswer, deadline: .seconds(60))
    let session = session(client, thresholds: thresholds, sampling: sampling, options: options)
    let answers = try await Generation(maxTokens: count, stopTokens: [])
      .run(session, prompt: prompt).answers
    await client.close()
    return answers
  }

  func session(
    _ client: CloudClient, thresholds: [Double]? = nil, sampling: Sampling = .greedy,
    options: EdgeSession.Options = .init()
  ) -> EdgeSession {
    var policy = ExitPolicy.shipped(device.manifest, mode: .collaborative)
    if let thresholds { policy.thresholds = thresholds }
    return EdgeSession(
      device, policy: policy, sampling: sampling, numerics: numerics, cloud: client,
      options: options, pool: pool)
  }

  /// What an edge with all the exits generates that asks a cloud, with the exits behind the device's as in a middle.
  func twoTiers(
    prompt: [Int] = [1, 2, 3, 4, 5], count: Int = 16, thresholds: [Double]? = nil,
    sampling: Sampling = .greedy
  ) async throws -> [Answer] {
    let edge = try EdgeModel(exitsOf: model)
    let rest = try CloudModel(restOf: model)
    let manager = CloudContextManager(rest, numerics: numerics, pool: pool)
    let client = try await CloudClient(
      InProcessLink(manager), edge: edge.manifest, numerics: numerics)
    var policy = ExitPolicy.shipped(edge.manifest, mode: .collaborative)
    if let thresholds { policy.thresholds = thresholds }
    let session = EdgeSession(
      edge, policy: policy, sampling: sampling, numerics: numerics, cloud: client, pool: pool)
    let answers = try await Generation(maxTokens: count, stopTokens: [])
      .run(session, prompt: prompt).answers
    await client.close()
    let deepest = device.manifest.exits.last?.depth ?? 0
    return answers.map { answer in
      guard case .exit(let depth) = answer.source, depth > deepest else { return answer }
      return Answer(
        token: answer.token, source: .middle(depth: depth), confidence: answer.confidence)
    }
  }

  /// What the whole model says.
  func whole(
    prompt: [Int] = [1, 2, 3, 4, 5], count: Int = 16, sampling: Sampling = .greedy
  ) async throws -> [Int] {
    let session = WholeModelSession(
      try WholeModel(model), sampling: sampling, numerics: numerics, pool: pool)
    return try await Generation(maxTokens: count, stopTokens: []).run(session, prompt: prompt)
      .answers.map(\.token)
  }
}
