/// In what the blocks of a family differ from those of the plainest, Llama's: RMSNorm before attention and
/// before the feed-forward network, no biases, SwiGLU. Every field says one thing that the engine does
/// or leaves; none names a family.
public struct BlockForm: Equatable, Sendable {
  /// What the gate of the feed-forward network goes through.
  public enum Activation: String, CaseIterable, Sendable {
    case silu
    /// GELU in its tanh form (Hendrycks & Gimpel, arXiv 1606.08415).
    case geluTanh = "gelu_tanh"
  }

  public var activation = Activation.silu
  /// Added to queries, keys and values (Qwen2).
  public var queryKeyValueBias = false
  /// Added to what attention gives.
  public var outputBias = false
  /// RMSNorm of each head of queries and keys before RoPE (Qwen3, Gemma 3).
  public var queryKeyNorm = false
  /// RMSNorm of what attention and the feed-forward network give, before it is added (Gemma 3).
  public var postNorms = false
  /// A mixture of experts in place of the feed-forward network.
  public var experts: Experts?

  public init() {}

  /// Nothing beyond a Llama's.
  public var isPlain: Bool { self == BlockForm() }
}

/// A mixture of experts (Shazeer et al., arXiv 1701.06538): a router gives every token some of them.
public struct Experts: Equatable, Sendable {
  public var count: Int
  /// That a token goes through.
  public var perToken: Int
  /// Whether the weights of a token's experts are made to sum to 1.
  public var normalized: Bool

  public init(count: Int, perToken: Int, normalized: Bool) {
    self.count = count
    self.perToken = perToken
    self.normalized = normalized
  }
}

/// Blocks whose queries see the last positions only.
public struct SlidingWindow: Equatable, Sendable {
  /// Positions that a query sees, its own among them.
  public var size: Int
  /// Those blocks, rising, counted from 0.
  public var blocks: [Int]
  /// Their rotary embedding where it is another than that of the blocks that see everything.
  public var rope: RoPE?

  public init(size: Int, blocks: [Int], rope: RoPE? = nil) {
    self.size = size
    self.blocks = blocks
    self.rope = rope
  }
}
