import CleaveModel

/// The first blocks of a model over one text that may go back: what somebody computes who has an edge's blocks
/// and tries tokens.
package final class SteppedStates {
  private let embedding: Embedding
  private let engine: Engine<GrowingKVCache>
  private var workspace: Workspace

  /// - Parameter depth: the number of blocks, at least 1.
  package init(_ artifact: Artifact, depth: Int, numerics: Numerics = .standard, pool: ThreadPool)
    throws
  {
    let configuration = artifact.manifest.configuration
    precondition((1...configuration.blockCount).contains(depth), "no such depth")
    embedding = try Embedding(artifact)
    engine = Engine(try BlockStack(artifact, blocks: 0..<depth), numerics: numerics)
    workspace = Workspace(configuration, numerics: numerics, pool: pool)
  }

  /// The number of tokens that have run and were not taken back.
  package var positions: Int { engine.positions() }

  /// Runs the tokens that follow.
  ///
  /// - Returns: their hidden states, `[tokens, hidden]`.
  /// - Throws: `InputError` for an id outside the vocabulary, or without memory.
  package func append(_ tokens: [Int]) throws -> [Float] {
    try engine.append(tokens[...], embedding)
    engine.run(&workspace)
    return engine.states
  }

  /// Takes the last token back.
  package func dropLast() {
    precondition(positions > 0, "nothing to take back")
    engine.truncate(to: positions - 1)
  }
}
