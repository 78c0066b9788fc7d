import CleaveStorage

/// Reads what the whole model says of a text: the probability of each token after those before it, and the tokens
/// that are most probable there. It runs a whole model, or an edge's first blocks and its cloud's in one process.
package final class TextScorer {
  /// The probability of one token of a text.
  package struct Score: Sendable {
    /// Natural logarithm of the token's probability at temperature 1.
    package let logProbability: Float
    /// The most probable tokens, by falling probability.
    package let top: [(token: Int, logProbability: Float)]
  }

  /// Rows whose logits the reader keeps together.
  private static let piece = 32

  private let embedding: Embedding
  private let engines: [Engine<GrowingKVCache>]
  private let head: OutputHead
  private var workspace: Workspace
  private var reader: LogitsReader
  private let contextLength: Int

  package init(_ model: WholeModel, numerics: Numerics = .standard, pool: ThreadPool) {
    embedding = model.embedding
    engines = [Engine(model.stack, numerics: numerics)]
    head = model.head
    let configuration = model.manifest.configuration
    contextLength = configuration.contextLength
    workspace = Workspace(configuration, numerics: numerics, pool: pool)
    reader = LogitsReader(hiddenSize: configuration.hiddenSize, numerics: numerics, pool: pool)
  }

  /// - Throws: `InputError` for a cloud that does not begin where the edge's first exit reads.
  package init(
    _ edge: EdgeModel, _ cloud: CloudModel, numerics: Numerics = .standard, pool: ThreadPool
  ) throws {
    embedding = edge.embedding
    let first = edge.stacks[0].blocks
    let blocks = cloud.manifest.blocks
    if blocks.lowerBound == 0 {
      engines = [Engine(cloud.stack, numerics: numerics)]
    } else {
      guard edge.manifest.modelID == cloud.manifest.modelID,
        first.range.upperBound == blocks.lowerBound
      else {
        throw InputError(
          file: "cloud", location: "blocks", found: "\(blocks)",
          expected: "the blocks of the same model from \(first.range.upperBound) on")
      }
      engines = [first, cloud.stack].map { Engine($0, numerics: numerics) }
    }
    head = cloud.head
    let configuration = edge.manifest.configuration
    contextLength = configuration.contextLength
    workspace = Workspace(configuration, numerics: numerics, pool: pool)
    reader = LogitsReader(hiddenSize: configuration.hiddenSize, numerics: numerics, pool: pool)
  }

  /// Scores a text. A scorer scores one text.
  ///
  /// - Parameters:
  ///   - topK: the number of most probable tokens to name, at least 1.
  ///   - first: the index of the first token that is scored, at least 1.
  ///   - onPiece: called between pieces of the text; what it throws ends the work.
  /// - Returns: the scores of `tokens[first...]`.
  /// - Throws: `ContextLimitError`, and `InputError` for ids outside the vocabulary or logits that are no
  ///   distribution.
  package func scores(
    of tokens: [Int], from first: Int, topK: Int, onPiece: () throws -> Void = {}
  ) throws -> [Score] {
    precondition(engines[0].positions() == 0 && first >= 1)
    try ContextLimitError.check(tokens.count, contextLength: contextLength + 1)
    try embedding.check(tokens[...])
    var scores: [Score] = []
    // The last token is only looked up: nothing follows it.
    for start in stride(from: 0, to: tokens.count - 1, by: Self.piece) {
      let range = start..<min(start + Self.piece, tokens.count - 1)
      try onPiece()
      try run(tokens[range])
      guard range.upperBound >= first else { continue }
      scores += try read(tokens, range, topK: topK).suffix(range.upperBound + 1 - first)
    }
    return scores
  }

  private func run(_ tokens: ArraySlice<Int>) throws {
    try engines[0].append(tokens, embedding)
    engines[0].run(&workspace)
    for (source, engine) in zip(engines, engines.dropFirst()) {
      try engine.append(outputOf: source)
      engine.run(&workspace)
    }
  }

  /// The scores of the tokens that follow those of the range, which ran last.
  private func read(_ tokens: [Int], _ range: Range<Int>, topK: Int) throws -> [Score] {
    let vocabulary = head.unembedding.matrix.rows
    let k = min(topK, vocabulary)
    let top = try reader.top(
      k, after: engines[engines.count - 1].states, count: range.count, head)
    return range.enumerated().map { row, position in
      let sum = top.logSumExp[row]
      return Score(
        logProbability: reader.logits[row * vocabulary + tokens[position + 1]] - sum,
        top: (row * k..<(row + 1) * k).map { (Int(top.ids[$0]), top.logits[$0] - sum) })
    }
  }
}
