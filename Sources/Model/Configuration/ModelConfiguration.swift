/// A decoder-only transformer's dimensions and constants.
package struct ModelConfiguration: Equatable, Sendable {
  /// The family's name, as `cleave import` knows it. What is computed is in the other fields.
  package var architecture: String
  package var hiddenSize: Int
  package var blockCount: Int
  package var headCount: Int
  /// Key/value heads of grouped-query attention; divides `headCount`.
  package var kvHeadCount: Int
  package var headDimension: Int
  /// Width of the feed-forward network; of one expert in a mixture.
  package var intermediateSize: Int
  package var vocabularySize: Int
  /// The most positions the model was made for.
  package var contextLength: Int
  package var normEpsilon: Float
  package var rope: RoPE
  /// The head is the embedding matrix.
  package var tiedEmbeddings: Bool
  package var block = BlockForm()
  package var window: SlidingWindow?
  /// Embeddings are multiplied by it.
  package var embeddingScale: Float = 1
  /// What scores of attention are multiplied by; nil for 1 / sqrt(headDimension).
  package var attentionScale: Float?

  package init(
    architecture: String, hiddenSize: Int, blockCount: Int, headCount: Int, kvHeadCount: Int,
    headDimension: Int, intermediateSize: Int, vocabularySize: Int, contextLength: Int,
    normEpsilon: Float, rope: RoPE, tiedEmbeddings: Bool
  ) {
    self.architecture = architecture
    self.hiddenSize = hiddenSize
    self.blockCount = blockCount
    self.headCount = headCount
    self.kvHeadCount = kvHeadCount
    self.headDimension = headDimension
    self.intermediateSize = intermediateSize
    self.vocabularySize = vocabularySize
    self.contextLength = contextLength
    self.normEpsilon = normEpsilon
    self.rope = rope
    self.tiedEmbeddings = tiedEmbeddings
  }

  /// Width of all query heads together.
  package var querySize: Int { headCount * headDimension }
  /// Width of all key heads together; the same for the values.
  package var kvSize: Int { kvHeadCount * headDimension }

  /// How the queries of a block of the model see the positions before them.
  package func attention(ofBlock index: Int) -> AttentionKind {
    guard let window, window.blocks.contains(index) else { return AttentionKind() }
    return AttentionKind(window: window.size, isLocal: window.rope != nil)
  }

  /// The rotary embeddings in use: that of the blocks that see everything, and where it differs that of
  /// the others.
  package var ropes: [RoPE] { [rope] + [window?.rope].compactMap { $0 } }
}

/// What differs between the attention of one block and of another.
package struct AttentionKind: Equatable, Sendable {
  /// Positions that a query sees, its own among them; nil for all.
  package var window: Int?
  /// Whether its rotary embedding is the window's, and not the model's.
  package var isLocal = false

  package init(window: Int? = nil, isLocal: Bool = false) {
    self.window = window
    self.isLocal = isLocal
  }
}
