import CleaveModel
import CleaveStorage

/// A whole model that runs block by block over whole texts and whose weights may be replaced, for stages that
/// change weights and must see what the change does.
package final class LayerwiseModel {
  package let configuration: ModelConfiguration
  private let artifact: Artifact
  private let embedding: Embedding
  private let head: OutputHead
  private let exits: [(head: ExitHead, map: Affine?, tail: BlockStack?)]
  private var workspace: Workspace
  private let reader: LogitsReader

  package init(_ artifact: Artifact, numerics: Numerics, pool: ThreadPool) throws {
    try artifact.require(role: .model)
    self.artifact = artifact
    configuration = artifact.manifest.configuration
    embedding = try Embedding(artifact)
    head = try OutputHead(artifact)
    exits = try artifact.manifest.exits.map {
      (
        try ExitHead($0, artifact), try Affine(mapOf: $0, artifact),
        try BlockStack(tailOf: $0, artifact)
      )
    }
    workspace = Workspace(configuration, numerics: numerics, pool: pool)
    reader = LogitsReader(hiddenSize: configuration.hiddenSize, numerics: numerics, pool: pool)
  }

  /// Looks the embeddings of tokens up.
  ///
  /// - Parameter table: an embedding to use instead of the model's.
  /// - Returns: hidden states `[tokens, hidden]` before the first block.
  package func embed(_ tokens: [Int], table: Tensor? = nil) throws -> [Float] {
    var states: [Float] = []
    let embedding = table.map { self.embedding.replacing(Matrix($0)) } ?? self.embedding
    try embedding.append(tokens[...], at: 0, to: &states)
    return states
  }

  /// The tensors of a block, by name.
  package func tensors(ofBlock block: Int) throws -> [String: Tensor] {
    try artifact.tensors(in: ArtifactLayout.block(block))
  }

  /// Opens a block, with some of its tensors replaced.
  package func block(_ index: Int, replacing others: [String: Tensor] = [:]) throws -> Block {
    let tensors = try tensors(ofBlock: index).merging(others) { $1 }
    let weights = try BlockWeights(
      configuration, tensors, block: index, path: ArtifactLayout.block(index))
    return Block(stack: BlockStack(configuration, block: index, weights: weights))
  }

  /// A block ready to run.
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

  /// Computes what the unembedding reads of a text's states after this many blocks: of the exit at this depth
  /// and of every exit that goes on from it, or after the last block of the model itself.
  ///
  /// - Parameter states: `[tokens, hidden]`, of one text from position 0 on.
  /// - Returns: `[tokens, hidden]` of each, one after another; empty where no exit is.
  package func unembedded(_ states: [Float], depth: Int) throws -> [Float] {
    if depth == configuration.blockCount { return normed(states, head.norm) }
    guard
      let first = exits.firstIndex(where: {
        $0.head.record.reads == .model && $0.head.record.depth == depth
      })
    else { return [] }
    let others = exits[(first + 1)...].prefix { $0.head.record.reads == .previous }
    var states = states
    return try ([exits[first]] + others).flatMap { head, map, tail in
      map?.apply(to: &states, from: 0, &workspace)
      if let tail { try run(tail, &states) }
      return head.normed(states, &workspace)
    }
  }

  private func normed(_ states: [Float], _ norm: Norm) -> [Float] {
    var normed = Activations(width: configuration.hiddenSize, numerics: .exact)
    let count = states.count / configuration.hiddenSize
    normed.grow(columns: count)
    normed.normalize(states, count: count, norm, pool: workspace.pool)
    return normed.values
  }

  /// Computes the logits after the last block.
  ///
  /// - Parameters:
  ///   - states: `[tokens, hidden]`.
  ///   - table: an unembedding to use instead of the model's.
  /// - Returns: logits `[tokens, vocabulary]`.
  package func logits(_ states: [Float], head table: Tensor? = nil) -> [Float] {
    let unembedding = table.map {
      Unembedding(Matrix($0), bias: head.unembedding.bias, configuration)
    }
    return reader.logits(
      after: states,
      OutputHead(norm: head.norm, unembedding: unembedding ?? head.unembedding))
  }
}
