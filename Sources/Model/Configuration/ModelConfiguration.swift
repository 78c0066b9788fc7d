/// The families this tool knows. A family says how tensors are named in checkpoints (Convert) and
/// how a block computes (Runtime); everything else is common.
public enum Architecture: String, CaseIterable, Sendable {
  case llama

  public static var supported: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

/// A decoder-only transformer's dimensions and constants.
public struct ModelConfiguration: Equatable, Sendable {
  public var architecture: Architecture
  public var hiddenSize: Int
  public var blockCount: Int
  public var headCount: Int
  /// Key/value heads of grouped-query attention; divides `headCount`.
  public var kvHeadCount: Int
  public var headDimension: Int
  /// Width of the feed-forward network.
  public var intermediateSize: Int
  public var vocabularySize: Int
  /// The most positions the model was made for.
  public var contextLength: Int
  public var normEpsilon: Float
  public var rope: RoPE
  /// The head is the embedding matrix.
  public var tiedEmbeddings: Bool

  public init(
    architecture: Architecture, hiddenSize: Int, blockCount: Int, headCount: Int, kvHeadCount: Int,
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

  /// Bytes of keys and values that `blocks` blocks keep for one token, at float32.
  public func kvBytesPerToken(blocks: Int) -> Int {
    2 * kvSize * MemoryLayout<Float>.size * blocks
  }
}
