import CleaveModel

/// One generation on the edge: blocks up to exit 1 for every token, deeper ones when an exit is not
/// sure, the cloud when none is (CE-CoLLM, arXiv 2411.02829). Every token's state where exit 1 reads,
/// before any tail, goes to the cloud as soon as it is known, so the cloud's context is whole when it is
/// asked. An exit's tail runs when the exit is asked.
public actor EdgeSession: DecodingSession {
  let model: EdgeModel
  let policy: ExitPolicy
  let sampling: Sampling
  let cloud: CloudClient?
  /// One for each of the model's stacks.
  var segments: [Segment]
  /// Those that an exit which may answer has need of: at the others' doors nothing waits.
  private let needed: [Bool]
  private var workspace: Workspace
  /// The most tokens drafted before the cloud is asked; 0 believes an exit that is sure.
  let longestDraft: Int
  /// Tokens that are fed already, as drafts that the cloud agreed with, and that the caller will feed.
  var ahead: [Int] = []
  /// Answers that are known already, by their positions.
  var known: [Int: Answer] = [:]
  /// Tokens that were drafted, and those of them that the whole model agreed with.
  public internal(set) var drafted = 0
  public internal(set) var draftsRight = 0

  public nonisolated let contextLength: Int

  /// - Parameters:
  ///   - cloud: nil for an edge without a network; the policy must then be standalone.
  ///   - longestDraft: above 0 the text is the whole model's: what exits say is a draft of at most so many
  ///     tokens, which the cloud looks through at once.
  public init(
    _ model: EdgeModel, policy: ExitPolicy, sampling: Sampling = .greedy,
    numerics: Numerics = .standard, cloud: CloudClient? = nil, longestDraft: Int = 0,
    pool: ThreadPool
  ) {
    precondition((0...Message.mostDrafts).contains(longestDraft))
    precondition(longestDraft == 0 || cloud != nil, "drafts are for a cloud to look through")
    precondition(policy.thresholds.count == model.exits.count, "a threshold for each exit")
    precondition(policy.standalone == (cloud == nil), "standalone means without a cloud")
    precondition(cloud.map { $0.numerics == numerics } ?? true, "edge and client compute alike")
    self.model = model
    self.policy = policy
    self.sampling = sampling
    self.cloud = cloud
    self.longestDraft = longestDraft
    segments = model.stacks.map { Segment($0.blocks, numerics: numerics) }
    needed = model.needed(by: model.exits.indices.filter(policy.mayAnswer(at:)))
    workspace = Workspace(model.manifest.configuration, numerics: numerics, pool: pool)
    contextLength = model.manifest.configuration.contextLength
  }

  /// Positions that are fed, those ahead of the caller too.
  var positions: Int { segments[0].positions }

  /// Runs and uploads in pieces: the states of a long prompt are never held all at once, and the cloud
  /// has the first while the rest is computed.
  public func feed(_ tokens: [Int]) async throws {
    if let next = ahead.first, tokens == [next] {
      ahead.removeFirst()
      return
    }
    try ContextLimitError.check(
      positions - ahead.count + tokens.count, contextLength: contextLength)
    // Before anything is fed or uploaded.
    try model.embedding.check(tokens[...])
    await forgetDrafts()
    try await append(tokens)
  }

  func append(_ tokens: [Int]) async throws {
    var rest = tokens[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Workspace.largestBatch)
      rest = rest.dropFirst(piece.count)
      try segments[0].append(piece, model.embedding)
      run(0)
      try await cloud?.upload(segments[0].states)
    }
  }

  public func answer() async throws -> Answer {
    precondition(positions > 0, "nothing was fed")
    if let answer = known[positions - ahead.count] { return answer }
    if longestDraft > 0 { return try await draft() }
    if let answer = try answerAtExits() { return answer }
    guard let cloud else { preconditionFailure("a standalone policy always answers") }
    return try await cloud.ask(position: positions, sampling: sampling)
  }

  /// The first exit that is sure enough, or nil when the cloud is to be asked.
  func answerAtExits() throws -> Answer? {
    for index in model.exits.indices {
      guard policy.mayAnswer(from: index) else { return nil }
      guard policy.mayAnswer(at: index) else { continue }
      let answer = try answer(at: index)
      if policy.accepts(answer.confidence, exit: index) { return answer }
    }
    return nil
  }

  /// Brings a stack up to the present token: the backfill of tokens that left earlier, and this one.
  private func catchUp(_ stack: Int) {
    // The first runs as tokens are fed.
    guard let source = model.stacks[stack].source else { return }
    catchUp(source)
    run(stack)
  }

  /// Runs what waits, and leaves the states at the doors of those that read them.
  private func run(_ stack: Int) {
    guard segments[stack].run(&workspace) else { return }
    for reader in model.stacks[stack].readers where needed[reader] {
      segments[reader].append(segments[stack].states)
    }
  }

  private func answer(at index: Int) throws -> Answer {
    let (exit, end) = (model.exits[index], model.ends[index])
    catchUp(end)
    exit.apply(
      to: segments[end].states, first: segments[end].stateCount - 1, count: 1, &workspace)
    let summary = try model.unembedding(
      workspace.exit, row: 0, norm: exit.norm, temperature: Float(exit.record.temperature),
      &workspace)
    return Answer(
      token: sampling.choose(from: workspace.logits, summary, position: positions),
      source: .exit(depth: exit.record.depth), confidence: confidence(summary, of: exit.record))
  }

  /// By the exit's own signal, of the logits in the workspace.
  private func confidence(_ summary: LogitsSummary, of exit: ExitRecord) -> Float {
    switch exit.signal {
    case .maxProbability: summary.maxProbability
    case .margin: summary.margin
    case .entropy:
      summary.entropyConfidence(workspace.logits, temperature: Float(exit.temperature))
    }
  }

  /// Makes room for a context of this many tokens, so that decoding does not grow it.
  public func reserve(_ positions: Int) {
    for index in segments.indices where needed[index] {
      segments[index].reserve(positions)
    }
    workspace.rotary.cover(positions)
  }
}
