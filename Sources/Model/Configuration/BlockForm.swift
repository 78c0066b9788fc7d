/// In what the blocks of a family differ from those of the plainest, Llama's: RMSNorm before attention and
/// before the feed-forward network, no biases, SwiGLU. Every field says one thing that the engine does
/// or leaves; none names a family.
package struct BlockForm: Equatable, Sendable {
  /// What the gate of the feed-forward network goes through.
  package enum Activation: String, CaseIterable, Sendable {
    case silu
    /// GELU in its tanh form (Hendrycks & Gimpel, arXiv 1606.08415).
    case geluTanh = "gelu_tanh"
  }

  package var activation = Activation.silu
  /// Added to queries, keys and values (Qwen2).
  package var queryKeyValueBias = false
  /// Added to what attention gives.
  package var outputBias = false
  /// RMSNorm of each head of queries and keys before RoPE (Qwen3, Gemma 3).
  package var queryKeyNorm = false
  /// RMSNorm of what attention and the feed-forward network give, before it is added (Gemma 3).
  package var postNorms = false
  /// A mixture of experts in place of the feed-forward network.
  package var experts: Experts?

  package init() {}

  /// Nothing beyond a Llama's.
  package var isPlain: Bool { self == BlockForm() }
}

/// A mixture of experts (Shazeer et al., arXiv 1701.06538): a router gives every token some of them.
package struct Experts: Equatable, Sendable {
  package var count: Int
  /// That a token goes through.
  package var perToken: Int
  /// Whether the weights of a token's experts are made to sum to 1.
  package var normalized: Bool

  package init(count: Int, perToken: Int, normalized: Bool) {
    self.count = count
    self.perToken = perToken
    self.normalized = normalized
  }
}

/// Blocks whose queries see the last positions only.
package struct SlidingWindow: Equatable, Sendable {
  /// Positions that a query sees, its own among them.
  package var size: Int
  /// Those blocks, rising, counted from 0.
  package var blocks: [Int]
  /// Their rotary embedding where it is another than that of the blocks that see everything.
  package var rope: RoPE?

  package init(size: Int, blocks: [Int], rope: RoPE? = nil) {
    self.size = size
    self.blocks = blocks
    self.rope = rope
  }
}
