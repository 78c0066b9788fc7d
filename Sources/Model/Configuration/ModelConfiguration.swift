/// A decoder-only transformer's dimensions and constants.
package struct ModelConfiguration: Equatable, Sendable {
  /// The family's name, as `cleave import` knows it. Nothing is computed by it: the other fields say what
  /// the model computes.
  package var architecture: String
  package var hiddenSize: Int
  package var blockCount: Int
  package var headCount: Int
  /// Key/value heads of grouped-query attention; divides `headCount`.
  package var kvHeadCount: Int
  package var headDimension: Int
  /// Width of the feed-forward network, or of one expert in a mixture.
  package var intermediateSize: Int
  package var vocabularySize: Int
  /// The most positions the model was made for.
  package var contextLength: Int
  package var normEpsilon: Float
  package var rope: RoPE
  /// Whether the unembedding is the embedding matrix.
  package var tiedEmbeddings: Bool
  /// Whether the unembedding has a bias, which is added to the logits before any cap. Not where it is the embedding.
  package var headBias = false
  package var block = BlockForm()
  package var window: SlidingWindow?
  /// The number of positions that have an embedding of their own, added to that of their token; nil where there are
  /// none. At least the context length.
  package var learnedPositions: Int?
  /// The factor that embeddings are multiplied by.
  package var embeddingScale: Float = 1
  /// The factor that attention scores are multiplied by; nil for 1 / sqrt(headDimension).
  package var attentionScale: Float?
  /// The bound c that attention scores s approach, as c tanh(s / c); nil for none.
  package var attentionCap: Float?
  /// The bound that logits approach in the same way; nil for none.
  package var logitsCap: Float?
  /// The factor of what attention and the feed-forward network add to the hidden states.
  package var residualScale: Float = 1
  /// The blocks whose queries and keys are not rotated (NoPE, arXiv 2305.19466), in rising order, counted from 0.
  package var unrotatedBlocks: [Int] = []
  /// How queries grow with their positions; nil where they do not.
  package var queryScaling: QueryScaling?
  /// The blocks with a short convolution in place of attention; nil where there are none.
  package var convolution: ShortConvolution?
  /// The blocks with a DeltaNet in place of attention; nil where there are none.
  package var deltaNet: DeltaNet?

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

  /// The kind of attention of a block of the model, counted from 0.
  package func attention(ofBlock index: Int) -> AttentionKind {
    let mixer = mixer(ofBlock: index)
    guard mixer == .attention else { return AttentionKind(mixer: mixer) }
    let isRotated = !unrotatedBlocks.contains(index)
    guard let window, window.blocks.contains(index) else {
      return AttentionKind(isRotated: isRotated)
    }
    return AttentionKind(window: window.size, isLocal: window.rope != nil, isRotated: isRotated)
  }

  /// Whether blocks may have different kinds of attention, so that a tail must say whose its blocks have.
  package var blocksDiffer: Bool { window != nil || !unrotatedBlocks.isEmpty || hasStates }

  /// Whether no block rotates queries and keys, so that `rope` says nothing.
  package var isWithoutRoPE: Bool { unrotatedBlocks.count == blockCount }

  /// The rotary embeddings in use: that of the blocks that see every position and, where it differs, that
  /// of the blocks with a window.
  package var ropes: [RoPE] { [rope] + [window?.rope].compactMap { $0 } }
}
