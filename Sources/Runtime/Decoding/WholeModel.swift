import CleaveModel

/// A whole model, opened for running in one piece: the reference that bundles are verified against.
package final class WholeModel: Sendable {
  package let manifest: Manifest
  let embedding: Embedding
  let stack: BlockStack
  let head: OutputHead

  package init(_ artifact: Artifact) throws {
    try artifact.require(role: .model)
    manifest = artifact.manifest
    embedding = try Embedding(artifact)
    stack = try BlockStack(artifact, blocks: artifact.manifest.blocks)
    head = try OutputHead(artifact)
  }
}

/// One generation by the whole model.
package actor WholeModelSession: DecodingSession {
  private let model: WholeModel
  let numerics: Numerics
  /// How tokens are chosen; a text that goes on with a session has its own.
  var sampling: Sampling
  let engine: Engine<GrowingKVCache>
  private var workspace: Workspace
  private var reader: LogitsReader

  package nonisolated let contextLength: Int

  package init(
    _ model: WholeModel, sampling: Sampling = .greedy, numerics: Numerics = .standard,
    pool: ThreadPool
  ) {
    self.model = model
    self.numerics = numerics
    self.sampling = sampling
    engine = Engine(model.stack, numerics: numerics)
    let configuration = model.manifest.configuration
    workspace = Workspace(configuration, numerics: numerics, pool: pool)
    reader = LogitsReader(hiddenSize: configuration.hiddenSize, numerics: numerics, pool: pool)
    contextLength = configuration.contextLength
  }

  package func feed(_ tokens: [Int]) throws {
    guard !tokens.isEmpty else { return }
    try ContextLimitError.check(engine.positions() + tokens.count, contextLength: contextLength)
    try engine.append(tokens[...], model.embedding)
    engine.run(&workspace)
  }

  package func answer() throws -> Answer {
    precondition(engine.columnCount > 0, "nothing was fed")
    let choice = try choice(row: engine.columnCount - 1, position: engine.positions())
    return Answer(
      token: choice.token, source: .model, confidence: choice.summary.maxProbability)
  }

  /// The logits after each of the last `count` tokens of what was fed last: `[count, vocabulary]`.
  package func logits(ofLast count: Int) -> [Float] {
    let hidden = model.manifest.configuration.hiddenSize
    precondition(count > 0 && count <= engine.columnCount, "not fed in one piece")
    return reader.logits(after: Array(engine.states.suffix(count * hidden)), model.head)
  }

  /// The tokens that the whole model chooses after each of the last `count` tokens fed (teacher forcing). Only
  /// one position's logits are in memory at a time.
  package func choices(ofLast count: Int) throws -> [Int] {
    let total = engine.columnCount
    precondition(count <= total, "not fed in one piece")
    return try (0..<count).map { index in
      try choice(row: total - count + index, position: engine.positions() - count + index + 1).token
    }
  }

  /// The token after the state in this row, which will stand at `position`.
  private func choice(row: Int, position: Int) throws -> TokenChoice {
    try reader.choose(
      TokenRequest(sampling: sampling, position: position), after: engine.states, row: row,
      model.head)
  }

  /// Makes room for a context of this many tokens, so that decoding does not grow it.
  package func reserve(_ positions: Int) throws {
    try engine.reserve(positions)
    workspace.rotary.cover(positions)
  }
}
