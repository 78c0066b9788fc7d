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

  private var positions: Int { segments[0].positions }

  /// Runs and uploads in pieces: the states of a long prompt are never held all at once, and the cloud
  /// has the first while the rest is computed.
  public func feed(_ tokens: [Int]) async throws {
    try ContextLimitError.check(positions + tokens.count, contextLength: contextLength)
    var rest = tokens[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(Workspace.largestBatch))
      rest = rest.dropFirst(piece.count)
      let first = positions
      segments[0].append(try model.embedding(piece))
      let states = segments[0].run(&workspace)
      keep(states, for: 1)
      await cloud?.upload(states, firstPosition: first)
    }
  }

  public func answer() async throws -> Answer {
    precondition(positions > 0, "nothing was fed")
    if let answer = answerAtExits() { return answer }
    guard let cloud else { preconditionFailure("a standalone policy always answers") }
    return try await cloud.ask(position: positions, sampling: sampling)
  }

  /// The first exit that is sure enough, or nil when the cloud is to be asked.
  private func answerAtExits() -> Answer? {
    for index in model.exits.indices {
      guard policy.mayAnswer(from: index) else { return nil }
      if index > 0 {
        // The backfill of tokens that left earlier, and the present one.
        keep(segments[index].run(&workspace), for: index + 1)
      }
      guard policy.mayAnswer(at: index) else { continue }
      let answer = answer(at: model.exits[index], segments[index].lastState)
      if policy.accepts(answer.confidence, exit: index) { return answer }
    }
    return nil
  }

  /// Leaves states at the door of a deeper segment, unless no exit from there on can ever answer.
  private func keep(_ states: [Float], for index: Int) {
    if index < segments.count, policy.mayAnswer(from: index) { segments[index].append(states) }
  }

  private func answer(at exit: ExitHead, _ state: [Float]) -> Answer {
    let logits = model.unembedding.logits(state, norm: exit.norm, pool: workspace.pool)
    let summary = LogitsSummary(logits, temperature: Float(exit.record.temperature))
    return Answer(
      token: sampling.choose(from: logits, position: positions),
      source: .exit(depth: exit.record.depth), confidence: summary.maxProbability)
  }
}
