/// A decoder-only transformer's dimensions and constants.
public struct ModelConfiguration: Equatable, Sendable {
  /// The family's name, as `cleave import` knows it. What is computed is in the other fields.
  public var architecture: String
  public var hiddenSize: Int
  public var blockCount: Int
  public var headCount: Int
  /// Key/value heads of grouped-query attention; divides `headCount`.
  public var kvHeadCount: Int
  public var headDimension: Int
  /// Width of the feed-forward network; of one expert in a mixture.
  public var intermediateSize: Int
  public var vocabularySize: Int
  /// The most positions the model was made for.
  public var contextLength: Int
  public var normEpsilon: Float
  public var rope: RoPE
  /// The head is the embedding matrix.
  public var tiedEmbeddings: Bool
  public var block = BlockForm()
  public var window: SlidingWindow?
  /// Embeddings are multiplied by it.
  public var embeddingScale: Float = 1
  /// What scores of attention are multiplied by; nil for 1 / sqrt(headDimension).
  public var attentionScale: Float?

  public init(
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
  public var querySize: Int { headCount * headDimension }
  /// Width of all key heads together; the same for the values.
  public var kvSize: Int { kvHeadCount * headDimension }

  /// How the queries of a block of the model see the positions before them.
  public func attention(ofBlock index: Int) -> AttentionKind {
    guard let window, window.blocks.contains(index) else { return AttentionKind() }
    return AttentionKind(window: window.size, isLocal: window.rope != nil)
  }

  /// The rotary embeddings in use: that of the blocks that see everything, and where it differs that of
  /// the others.
  public var ropes: [RoPE] { [rope] + [window?.rope].compactMap { $0 } }
}

/// What differs between the attention of one block and of another.
public struct AttentionKind: Equatable, Sendable {
  /// Positions that a query sees, its own among them; nil for all.
  public var window: Int?
  /// Whether its rotary embedding is the window's, and not the model's.
  public var isLocal = false

  public init(window: Int? = nil, isLocal: Bool = false) {
    self.window = window
    self.isLocal = isLocal
  }
}
