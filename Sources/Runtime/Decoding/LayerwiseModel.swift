import CleaveModel
import CleaveStorage

/// A whole model run block by block over whole texts, with weights put in the place of its own: for
/// stages that change weights and must see what the change does. The blocks run as they do anywhere.
package final class LayerwiseModel {
  package let configuration: ModelConfiguration
  private let artifact: Artifact
  private let embedding: Embedding
  private let unembedding: Unembedding
  private let finalNorm: [Float]  // [hidden]
  private let exits: [(head: ExitHead, tail: BlockStack?)]
  private var workspace: Workspace

  package init(_ artifact: Artifact, numerics: Numerics, pool: ThreadPool) throws {
    try artifact.require(role: .model)
    self.artifact = artifact
    configuration = artifact.manifest.configuration
    embedding = try Embedding(artifact)
    unembedding = try Unembedding(artifact)
    finalNorm = try CleaveRuntime.finalNorm(of: artifact)
    exits = try artifact.manifest.exits.map {
      (try ExitHead($0, artifact), try BlockStack(tailOf: $0, artifact))
    }
    workspace = Workspace(configuration, numerics: numerics, pool: pool)
  }

  /// - Parameter table: another embedding than the model's.
  /// - Returns: hidden states `[tokens, hidden]` before the first block.
  package func embed(_ tokens: [Int], table: Tensor? = nil) throws -> [Float] {
    var states: [Float] = []
    let embedding = table.map { Embedding(Matrix($0), configuration) } ?? embedding
    try embedding.append(tokens[...], to: &states)
    return states
  }

  /// The tensors of a block, by name.
  package func tensors(ofBlock block: Int) throws -> [String: Tensor] {
    try artifact.tensors(in: ArtifactLayout.block(block))
  }

  /// A block ready to run, with some of its tensors replaced.
  package func block(_ index: Int, replacing others: [String: Tensor] = [:]) throws -> Block {
    let tensors = try tensors(ofBlock: index).merging(others) { $1 }
    let weights = try BlockWeights(
      configuration, tensors, block: index, path: ArtifactLayout.block(index))
    return Block(stack: BlockStack(configuration, block: index, weights: weights))
  }

  package struct Block {
    fileprivate let stack: BlockStack
  }

  /// Runs one text through one block, from position 0.
  ///
  /// - Parameter states: `[tokens, hidden]`, in place.
  /// - Throws: `InputError` when there is no memory for the KV cache.
  package func run(
    _ block: Block, _ states: inout [Float], observe: BlockObserver? = nil
  ) throws {
    try run(block.stack, &states, observe: observe)
  }

  private func run(
    _ stack: BlockStack, _ states: inout [Float], observe: BlockObserver? = nil
  ) throws {
    let engine = Engine(stack, numerics: workspace.numerics)
    try engine.append(states)
    engine.run(&workspace, observe: observe)
    states = engine.states
  }

  /// What the head reads of a text's states that have been through so many blocks: as the exit there, and
  /// every exit that goes on from it, or at the end the model itself, makes it. `[tokens, hidden]` of each,
  /// one after another; empty where nothing leaves.
  ///
  /// - Parameter states: of one text from position 0 on, `[tokens, hidden]`.
  package func unembedded(_ states: [Float], depth: Int) throws -> [Float] {
    if depth == configuration.blockCount { return normed(states, finalNorm) }
    guard
      let first = exits.firstIndex(where: {
        $0.head.record.reads == .model && $0.head.record.depth == depth
      })
    else { return [] }
    let others = exits[(first + 1)...].prefix { $0.head.record.reads == .previous }
    var states = states
    return try ([exits[first]] + others).flatMap { head, tail in
      if let tail { try run(tail, &states) }
      return head.normed(states, &workspace)
    }
  }

  private func normed(_ states: [Float], _ weight: [Float]) -> [Float] {
    var normed = Activations(width: configuration.hiddenSize, numerics: .exact)
    let count = states.count / configuration.hiddenSize
    normed.grow(columns: count)
    normed.normalize(
      states, count: count, weight: weight, epsilon: configuration.normEpsilon,
      pool: workspace.pool)
    return normed.values
  }

  /// - Parameters:
  ///   - states: after the last block, `[tokens, hidden]`.
  ///   - head: another head than the model's.
  /// - Returns: logits `[tokens, vocabulary]`.
  package func logits(_ states: [Float], head: Tensor? = nil) -> [Float] {
    let unembedding = head.map { Unembedding(Matrix($0), epsilon: configuration.normEpsilon) }
    return (unembedding ?? self.unembedding).logits(
      states, norm: finalNorm, numerics: workspace.numerics, pool: workspace.pool)
  }
}
