import CleaveModel

/// A whole model, opened for running in one piece: the truth that bundles are verified against.
public final class WholeModel: Sendable {
  public let manifest: Manifest
  let embedding: Embedding
  let stack: BlockStack
  let finalNorm: [Float]  // [hidden]
  let unembedding: Unembedding

  public init(_ artifact: Artifact) throws {
    try artifact.require(role: .model)
    manifest = artifact.manifest
    embedding = try Embedding(artifact)
    stack = try BlockStack(artifact, blocks: artifact.manifest.blocks)
    finalNorm = try CleaveRuntime.finalNorm(of: artifact)
    unembedding = try Unembedding(artifact)
  }
}

/// One generation by the whole model.
public actor WholeModelSession: DecodingSession {
  private let model: WholeModel
  private let sampling: Sampling
  private var segment: Segment
  private var workspace: Workspace
  /// States after the last block of what was fed last, `[count, hidden]`.
  private var states: [Float] = []

  public nonisolated let contextLength: Int

  public init(_ model: WholeModel, sampling: Sampling = .greedy, pool: ThreadPool) {
    self.model = model
    self.sampling = sampling
    segment = Segment(model.stack)
    workspace = Workspace(model.manifest.configuration, pool: pool)
    contextLength = model.manifest.configuration.contextLength
  }

  public func feed(_ tokens: [Int]) throws {
    guard !tokens.isEmpty else { return }
    try ContextLimitError.check(segment.positions + tokens.count, contextLength: contextLength)
    segment.append(try model.embedding(tokens))
    states = segment.run(&workspace)
  }

  public func answer() -> Answer {
    let logits = logits(ofLast: 1)
    return Answer(
      token: sampling.choose(from: logits, position: segment.positions), source: .model,
      confidence: LogitsSummary(logits).maxProbability)
  }

  /// Logits at the last `count` positions of what was fed last: `[count, vocabulary]`.
  public func logits(ofLast count: Int) -> [Float] {
    let hidden = model.manifest.configuration.hiddenSize
    precondition(count > 0 && count * hidden <= states.count, "not fed in one piece")
    return model.unembedding.logits(
      Array(states.suffix(count * hidden)), norm: model.finalNorm, pool: workspace.pool)
  }

  /// What the whole model would have said at each of the last `count` positions fed (teacher
  /// forcing): the choice after each prefix. One position's logits at a time, not all of them.
  public func choices(ofLast count: Int) -> [Int] {
    let hidden = model.manifest.configuration.hiddenSize
    let total = states.count / hidden
    precondition(count <= total, "not fed in one piece")
    return (0..<count).map { index in
      let row = total - count + index
      let logits = model.unembedding.logits(
        Array(states[(row * hidden)..<((row + 1) * hidden)]), norm: model.finalNorm,
        pool: workspace.pool)
      return sampling.choose(from: logits, position: segment.positions - count + index + 1)
    }
  }
}
