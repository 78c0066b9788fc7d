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
  /// Whether what attention gives is multiplied by a sigmoid of its input before the output projection (Qwen3.5).
  package var outputGate = false
  /// Whether there is an RMSNorm of each head of queries and keys before RoPE (Qwen3, Gemma 3, OLMo 2).
  package var queryKeyNorm = false
  /// Whether that norm is over all heads of a position together, and not of each head (OLMo 2).
  package var wholeQueryKeyNorm = false
  /// Whether there is an RMSNorm of what attention and the feed-forward network read.
  package var preNorms = true
  /// Whether there is an RMSNorm of the outputs of attention and of the feed-forward network, before
  /// they are added to the residual (Gemma 3, OLMo 2).
  package var postNorms = false
  /// The mixture of experts in place of the feed-forward network; nil where there is none.
  package var experts: Experts?

  package init() {}

  /// Whether the blocks are Llama's.
  package var isPlain: Bool { self == BlockForm() }
}
