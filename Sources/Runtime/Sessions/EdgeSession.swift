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
    numerics: Numerics = .standard, cloud: CloudClient? = nil, pool: ThreadPool
  ) {
    precondition(policy.thresholds.count == model.exits.count, "a threshold for each exit")
    precondition(policy.standalone == (cloud == nil), "standalone means without a cloud")
    precondition(cloud.map { $0.numerics == numerics } ?? true, "edge and client compute alike")
    self.model = model
    self.policy = policy
    self.sampling = sampling
    self.cloud = cloud
    segments = model.stacks.map { Segment($0, numerics: numerics) }
    workspace = Workspace(model.manifest.configuration, numerics: numerics, pool: pool)
    contextLength = model.manifest.configuration.contextLength
  }

  private var positions: Int { segments[0].positions }

  /// Runs and uploads in pieces: the states of a long prompt are never held all at once, and the cloud
  /// has the first while the rest is computed.
  public func feed(_ tokens: [Int]) async throws {
    try ContextLimitError.check(positions + tokens.count, contextLength: contextLength)
    // Before anything is fed or uploaded.
    try model.embedding.check(tokens[...])
    var rest = tokens[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Workspace.largestBatch)
      rest = rest.dropFirst(piece.count)
      let first = positions
      try segments[0].append(piece, model.embedding)
      segments[0].run(&workspace)
      keep(statesOf: 0)
      await cloud?.upload(segments[0].states, firstPosition: first)
    }
  }

  public func answer() async throws -> Answer {
    precondition(positions > 0, "nothing was fed")
    if let answer = try answerAtExits() { return answer }
    guard let cloud else { preconditionFailure("a standalone policy always answers") }
    return try await cloud.ask(position: positions, sampling: sampling)
  }

  /// The first exit that is sure enough, or nil when the cloud is to be asked.
  private func answerAtExits() throws -> Answer? {
    for index in model.exits.indices {
      guard policy.mayAnswer(from: index) else { return nil }
      if index > 0 {
        // The backfill of tokens that left earlier, and the present one.
        if segments[index].run(&workspace) { keep(statesOf: index) }
      }
      guard policy.mayAnswer(at: index) else { continue }
      let answer = try answer(at: index)
      if policy.accepts(answer.confidence, exit: index) { return answer }
    }
    return nil
  }

  /// Leaves the states a segment has just made at the door of the next, unless no exit from there on
  /// can ever answer.
  private func keep(statesOf index: Int) {
    let next = index + 1
    if next < segments.count, policy.mayAnswer(from: next) {
      segments[next].append(segments[index].states)
    }
  }

  private func answer(at index: Int) throws -> Answer {
    let (exit, segment) = (model.exits[index], segments[index])
    let summary = try model.unembedding(
      segment.states, row: segment.stateCount - 1, norm: exit.norm,
      temperature: Float(exit.record.temperature), &workspace)
    return Answer(
      token: sampling.choose(from: workspace.logits, summary, position: positions),
      source: .exit(depth: exit.record.depth), confidence: summary.maxProbability)
  }

  /// Makes room for a context of this many tokens, so that decoding does not grow it.
  public func reserve(_ positions: Int) {
    for index in segments.indices where index == 0 || policy.mayAnswer(from: index) {
      segments[index].reserve(positions)
    }
    workspace.rotary.cover(positions)
  }
}
