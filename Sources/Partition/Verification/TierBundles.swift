import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage

/// The bundles of all tiers and their model, opened and ready to generate in one process.
struct TierBundles {
  let prompts: [[Int]]
  private let device: EdgeModel
  private let middles: [Artifact]
  private let cloud: CloudContextManager
  private let model: WholeModel
  /// The model in two tiers: an edge with all the exits, and its cloud.
  private let edge: EdgeModel
  private let rest: CloudContextManager
  private let pool: ThreadPool
  private let settings: Verification.Settings

  init(_ tiers: [Artifact], _ model: Artifact, _ settings: Verification.Settings) throws {
    self.settings = settings
    pool = try ThreadPool(threads: settings.threads)
    device = try EdgeModel(tiers[0])
    middles = Array(tiers.dropFirst().dropLast())
    cloud = CloudContextManager(
      try CloudModel(tiers[tiers.count - 1]), numerics: settings.numerics, pool: pool)
    self.model = try WholeModel(model)
    edge = try EdgeModel(exitsOf: model)
    rest = CloudContextManager(
      try CloudModel(restOf: model), numerics: settings.numerics, pool: pool)
    prompts = try settings.tokens(by: model)
  }

  /// The whole model's greedy tokens.
  func whole(_ prompt: [Int]) async throws -> [Int] {
    let session = WholeModelSession(model, numerics: settings.numerics, pool: pool)
    return try await Generation(maxTokens: settings.maxTokens).run(session, prompt: prompt)
      .answers.map(\.token)
  }

  /// What the tiers say.
  ///
  /// - Parameter off: whether all exits are switched off; else the shipped thresholds hold.
  func answers(_ prompt: [Int], off: Bool) async throws -> [Answer] {
    try await answers(prompt, device, asking: try host(off: off), off: off)
  }

  /// What an edge with all the exits says, at the shipped thresholds. Its deeper exits are called those of a middle,
  /// as they are in the tiers.
  func oneEdge(_ prompt: [Int]) async throws -> [Answer] {
    let deepest = device.manifest.exits.last?.depth ?? 0
    return try await answers(prompt, edge, asking: rest, off: false).map { answer in
      guard case .exit(let depth) = answer.source, depth > deepest else { return answer }
      return Answer(
        token: answer.token, source: .middle(depth: depth), confidence: answer.confidence)
    }
  }

  private func answers(
    _ prompt: [Int], _ edge: EdgeModel, asking host: any SessionHost, off: Bool
  ) async throws -> [Answer] {
    let client = try await CloudClient(
      InProcessLink(host), edge: edge.manifest, numerics: settings.numerics, exitsMayAnswer: true)
    let policy =
      off
      ? ExitPolicy.off(exits: edge.manifest.exits.count)
      : .shipped(edge.manifest, mode: .collaborative)
    let session = EdgeSession(
      edge, policy: policy, numerics: settings.numerics, cloud: client, pool: pool)
    let answers = try await Generation(maxTokens: settings.maxTokens)
      .run(session, prompt: prompt).answers
    await client.close()
    return answers
  }

  /// The first of the middles, with those behind it and the cloud.
  private func host(off: Bool) throws -> any SessionHost {
    let numerics = settings.numerics
    return try middles.reversed().reduce(cloud as any SessionHost) { behind, bundle in
      let exits = bundle.manifest.exits
      let thresholds = off ? ExitPolicy.off(exits: exits.count).thresholds : nil
      return MiddleTier(
        try MiddleModel(bundle, thresholds: thresholds, numerics: numerics), pool: pool
      ) { exitsMayAnswer in
        try await CloudClient(
          InProcessLink(behind), edge: bundle.manifest, numerics: numerics,
          exitsMayAnswer: exitsMayAnswer)
      }
    }
  }
}
