/// Runs the edge's and the cloud's part of a model one by one, so that the hidden states between them can be
/// changed and the effect measured.
package struct StatesProbe {
  private let edge: EdgeModel
  private let cloud: CloudModel
  private let pool: ThreadPool
  private let numerics: Numerics

  package init(
    edge: EdgeModel, cloud: CloudModel, numerics: Numerics = .standard, pool: ThreadPool
  ) {
    self.numerics = numerics
    self.edge = edge
    self.cloud = cloud
    self.pool = pool
  }

  /// Runs the edge's first blocks.
  ///
  /// - Returns: the hidden states that the edge would upload, `[tokens, hidden]`.
  package func states(of tokens: [Int]) throws -> [Float] {
    let engine = Engine(edge.stacks[0].blocks, numerics: numerics)
    var workspace = Workspace(edge.manifest.configuration, numerics: numerics, pool: pool)
    try engine.append(tokens[...], edge.embedding)
    engine.run(&workspace)
    return engine.states
  }

  /// Runs the cloud's blocks.
  ///
  /// - Parameter states: `[count, hidden]`, from position 0 on.
  /// - Returns: the logits after the last `last` of them, `[last, vocabulary]`.
  package func logits(after states: [Float], last: Int) throws -> [Float] {
    let engine = Engine(cloud.stack, numerics: numerics)
    var workspace = Workspace(cloud.manifest.configuration, numerics: numerics, pool: pool)
    try engine.append(states)
    engine.run(&workspace)
    let hidden = cloud.manifest.configuration.hiddenSize
    return LogitsReader(hiddenSize: hidden, numerics: numerics, pool: pool)
      .logits(after: Array(engine.states.suffix(last * hidden)), cloud.head)
  }
}
