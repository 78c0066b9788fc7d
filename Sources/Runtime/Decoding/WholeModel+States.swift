import CleaveModel

extension WholeModel {
  /// Runs a text and takes the hidden states on the way: what a cloud would send back, before it packs them.
  ///
  /// - Parameter depth: the number of blocks after which the states are taken, at least 1.
  /// - Returns: `[tokens, hidden]`.
  /// - Throws: `ContextLimitError`, and `InputError` for ids outside the vocabulary or without memory.
  package func states(
    of tokens: [Int], depth: Int, numerics: Numerics = .standard, pool: ThreadPool
  ) throws -> [Float] {
    let configuration = manifest.configuration
    precondition((1...configuration.blockCount).contains(depth), "no such depth")
    try ContextLimitError.check(tokens.count, contextLength: configuration.contextLength)
    let engine = Engine(stack, numerics: numerics)
    var workspace = Workspace(configuration, numerics: numerics, pool: pool)
    var taken: [Float] = []
    // In pieces, because the engine shows the states of whole batches only.
    for first in stride(from: 0, to: tokens.count, by: Workspace.largestBatch) {
      let piece = tokens[first..<min(first + Workspace.largestBatch, tokens.count)]
      try engine.append(piece, embedding)
      engine.run(&workspace) { block, states in
        if block == depth - 1 { taken += states }
      }
    }
    return taken
  }
}
