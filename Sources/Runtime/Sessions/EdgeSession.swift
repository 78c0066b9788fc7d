import CleaveModel

/// One generation on the edge: blocks up to exit 1 for every token, deeper ones when an exit is not
/// sure, the cloud when none is (CE-CoLLM, arXiv 2411.02829). Every token's state at exit 1 goes to
/// the cloud as soon as it is known, so the cloud's context is whole when it is asked.
public actor EdgeSession: DecodingSession {
  private let model: EdgeModel
  private let policy: ExitPolicy
  private let sampling: Sampling
  private let cloud: CloudClient?
  /// One for each exit: `segments[i]` ends at exit i.
  private var segments: [Segment]
  private var workspace: Workspace
  /// The last position's hidden state at exit 1.
  private var stateAtFirstExit: [Float] = []
  private var positions = 0

  public nonisolated let contextLength: Int

  /// - Parameter cloud: nil for an edge without a network; the policy must then be standalone.
  public init(
    _ model: EdgeModel, policy: ExitPolicy, sampling: Sampling = .greedy,
    cloud: CloudClient? = nil, pool: ThreadPool
  ) {
    precondition(policy.thresholds.count == model.exits.count, "a threshold for each exit")
    precondition(policy.standalone == (cloud == nil), "standalone means without a cloud")
    self.model = model
    self.policy = policy
    self.sampling = sampling
    self.cloud = cloud
    segments = model.stacks.map(Segment.init)
    workspace = Workspace(model.manifest.configuration, pool: pool)
    contextLength = model.manifest.configuration.contextLength
  }

  public func feed(_ tokens: [Int]) async throws {
    guard !tokens.isEmpty else { return }
    try ContextLimitError.check(positions + tokens.count, contextLength: contextLength)
    segments[0].append(try model.embedding(tokens))
    let states = segments[0].run(&workspace)
    await cloud?.upload(states, firstPosition: positions)
    if segments.count > 1 { segments[1].append(states) }
    stateAtFirstExit = Array(states.suffix(model.manifest.configuration.hiddenSize))
    positions += tokens.count
  }

  public func answer() async throws -> Answer {
    precondition(positions > 0, "nothing was fed")
    if let answer = answerAtExits() { return answer }
    guard let cloud else { preconditionFailure("a standalone policy always answers") }
    return try await cloud.ask(position: positions, sampling: sampling)
  }

  /// The first exit that is sure enough, or nil when the cloud is to be asked.
  private func answerAtExits() -> Answer? {
    var state = stateAtFirstExit
    for index in model.exits.indices {
      guard policy.mayAnswer(from: index) else { return nil }
      if index > 0 { state = deepen(to: index) }
      let isLastResort = policy.standalone && index == model.exits.count - 1
      if policy.isOff(index) && !isLastResort { continue }
      let answer = answer(at: model.exits[index], state)
      if policy.accepts(answer.confidence, exit: index) { return answer }
    }
    return nil
  }

  /// Runs the blocks before exit `index` on every token that has not been through them: the backfill
  /// of tokens that left earlier, and the present one.
  ///
  /// - Returns: the last position's state at that exit, `[hidden]`.
  private func deepen(to index: Int) -> [Float] {
    guard segments[index].pendingCount > 0 else { return deepStates[index] ?? [] }
    let states = segments[index].run(&workspace)
    if index + 1 < segments.count { segments[index + 1].append(states) }
    let last = Array(states.suffix(model.manifest.configuration.hiddenSize))
    deepStates[index] = last
    return last
  }

  /// The last state at each deeper exit, in case the same position is asked twice.
  private var deepStates: [Int: [Float]] = [:]

  private func answer(at exit: ExitHead, _ state: [Float]) -> Answer {
    let logits = model.unembedding.logits(state, norm: exit.norm, pool: workspace.pool)
    let summary = LogitsSummary(logits, temperature: Float(exit.record.temperature))
    return Answer(
      token: sampling.choose(from: logits, position: positions),
      source: .exit(depth: exit.record.depth), confidence: summary.maxProbability)
  }
}
