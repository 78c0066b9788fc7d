import CleaveModel

/// A whole model, opened for running in one piece: the truth that bundles are verified against.
package final class WholeModel: Sendable {
  package let manifest: Manifest
  let embedding: Embedding
  let stack: BlockStack
  let finalNorm: [Float]  // [hidden]
  let unembedding: Unembedding

  package init(_ artifact: Artifact) throws {
    try artifact.require(role: .model)
    manifest = artifact.manifest
    embedding = try Embedding(artifact)
    stack = try BlockStack(artifact, blocks: artifact.manifest.blocks)
    finalNorm = try CleaveRuntime.finalNorm(of: artifact)
    unembedding = try Unembedding(artifact)
  }
}

/// One generation by the whole model.
package actor WholeModelSession: DecodingSession {
  private let model: WholeModel
  private let sampling: Sampling
  private let engine: Engine<GrowingKVCache>
  private var workspace: Workspace

  package nonisolated let contextLength: Int

  package init(
    _ model: WholeModel, sampling: Sampling = .greedy, numerics: Numerics = .standard,
    pool: ThreadPool
  ) {
    self.model = model
    self.sampling = sampling
    engine = Engine(model.stack, numerics: numerics)
    workspace = Workspace(model.manifest.configuration, numerics: numerics, pool: pool)
    contextLength = model.manifest.configuration.contextLength
  }

  package func feed(_ tokens: [Int]) throws {
    guard !tokens.isEmpty else { return }
    try ContextLimitError.check(engine.positions() + tokens.count, contextLength: contextLength)
    try engine.append(tokens[...], model.embedding)
    engine.run(&workspace)
  }

  package func answer() throws -> Answer {
    precondition(engine.columnCount > 0, "nothing was fed")
    let (token, summary) = try choice(row: engine.columnCount - 1, position: engine.positions())
    return Answer(token: token, source: .model, confidence: summary.maxProbability)
  }

  /// Logits at the last `count` positions of what was fed last: `[count, vocabulary]`.
  package func logits(ofLast count: Int) -> [Float] {
    let hidden = model.manifest.configuration.hiddenSize
    precondition(count > 0 && count <= engine.columnCount, "not fed in one piece")
    return model.unembedding.logits(
      Array(engine.states.suffix(count * hidden)), norm: model.finalNorm,
      numerics: workspace.numerics, pool: workspace.pool)
  }

  /// What the whole model would have said at each of the last `count` positions fed (teacher
  /// forcing): the choice after each prefix. One position's logits at a time, not all of them.
  package func choices(ofLast count: Int) throws -> [Int] {
    let total = engine.columnCount
    precondition(count <= total, "not fed in one piece")
    return try (0..<count).map { index in
      try choice(row: total - count + index, position: engine.positions() - count + index + 1).token
    }
  }

  /// The token after the state in this row, which will stand at `position`.
  private func choice(row: Int, position: Int) throws -> (token: Int, summary: LogitsSummary) {
    let summary = try model.unembedding(
      engine.states, row: row, norm: model.finalNorm, &workspace)
    let token = sampling.choose(from: workspace.logits, summary, position: position)
    return (token, summary)
  }

  /// Makes room for a context of this many tokens, so that decoding does not grow it.
  package func reserve(_ positions: Int) throws {
    try engine.reserve(positions)
    workspace.rotary.cover(positions)
  }
}
