/// The two halves of a model with the states between them laid open, to measure what is done to them.
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

  /// - Returns: what the edge would upload, `[tokens, hidden]`.
  package func states(of tokens: [Int]) throws -> [Float] {
    let engine = Engine(edge.stacks[0].blocks, numerics: numerics)
    var workspace = Workspace(edge.manifest.configuration, numerics: numerics, pool: pool)
    try engine.append(tokens[...], edge.embedding)
    engine.run(&workspace)
    return engine.states
  }

  /// - Parameter states: `[count, hidden]`, from position 0 on.
  /// - Returns: the cloud's logits after the last so many, `[last, vocabulary]`.
  package func logits(after states: [Float], last: Int) throws -> [Float] {
    let engine = Engine(cloud.stack, numerics: numerics)
    var workspace = Workspace(cloud.manifest.configuration, numerics: numerics, pool: pool)
    try engine.append(states)
    engine.run(&workspace)
    let hidden = cloud.manifest.configuration.hiddenSize
    return cloud.unembedding.logits(
      Array(engine.states.suffix(last * hidden)), norm: cloud.finalNorm, numerics: numerics,
      pool: pool)
  }
}
