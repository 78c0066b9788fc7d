/// The differences between the blocks of a family and those of Llama, the plainest: RMSNorm before
/// attention and before the feed-forward network, no biases, SwiGLU. Every field says one thing that the
/// engine does or leaves out; none names a family.
package struct BlockForm: Equatable, Sendable {
  /// The function that the gate of the feed-forward network goes through.
  package enum Activation: String, CaseIterable, Sendable {
    case silu
    /// GELU in its tanh form (Hendrycks & Gimpel, arXiv 1606.08415).
    case geluTanh = "gelu_tanh"
  }

  package var activation = Activation.silu
  /// Whether queries, keys and values have biases (Qwen2).
  package var queryKeyValueBias = false
  /// Whether the output projection of attention has a bias.
  package var outputBias = false
  /// Whether there is an RMSNorm of each head of queries and keys before RoPE (Qwen3, Gemma 3).
  package var queryKeyNorm = false
  /// Whether there is an RMSNorm of the outputs of attention and of the feed-forward network, before
  /// they are added to the residual (Gemma 3).
  package var postNorms = false
  /// The mixture of experts in place of the feed-forward network; nil where there is none.
  package var experts: Experts?

  package init() {}

  /// Whether the blocks are Llama's.
  package var isPlain: Bool { self == BlockForm() }
}

/// A mixture of experts (Shazeer et al., arXiv 1701.06538): a router gives every token some of them.
package struct Experts: Equatable, Sendable {
  package var count: Int
  /// Number of experts that a token goes through.
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
  /// The blocks with a window, in rising order, counted from 0.
  package var blocks: [Int]
  /// The rotary embedding of these blocks where it differs from that of the blocks that see everything.
  package var rope: RoPE?

  package init(size: Int, blocks: [Int], rope: RoPE? = nil) {
    self.size = size
    self.blocks = blocks
    self.rope = rope
  }
}
