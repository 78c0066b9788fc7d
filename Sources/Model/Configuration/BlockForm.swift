/// The differences between the blocks of a family and those of Llama, the plainest: RMSNorm before
/// attention and before the feed-forward network, no biases, SwiGLU. Every field says one thing that the
/// engine does or leaves out; none names a family.
package struct BlockForm: Equatable, Sendable {
  /// The function that the gate of the feed-forward network goes through.
  package enum Activation: String, CaseIterable, Sendable {
    case silu
    /// GELU in its tanh form (Hendrycks & Gimpel, arXiv 1606.08415).
    case geluTanh = "gelu_tanh"
    /// GELU in its exact form, with the error function.
    case gelu
  }

  /// The norm of hidden states.
  package enum NormKind: String, CaseIterable, Sendable {
    /// RMSNorm (Zhang & Sennrich, arXiv 1910.07467).
    case rms
    /// LayerNorm (Ba et al., arXiv 1607.06450): as RMSNorm, of what is left when the mean is subtracted.
    case layer
  }

  /// How the two parts of a block read the hidden states where both read those before the block, side by side (Wang &
  /// Komatsuzaki's GPT-J).
  package enum Parallel: String, CaseIterable, Sendable {
    /// Each part has a norm of its own (GPT-NeoX).
    case ownNorms = "own_norms"
    /// Both read the norm before attention (Cohere).
    case sharedNorm = "shared_norm"
  }

  package var activation = Activation.silu
  package var norm = NormKind.rms
  /// Whether the norms of hidden states, the last of all among them, have biases.
  package var normBias = false
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
  /// How the parts stand side by side; nil where the feed-forward network reads what attention has added to.
  package var parallel: Parallel?
  /// Whether the feed-forward network has a gate; without one it is down(activation(up(x))).
  package var gated = true
  /// Whether the matrices of the feed-forward network have biases; those of all experts and of their router.
  package var feedForwardBias = false
  /// Bounds of what the gated unit reads; nil where there are none.
  package var gateClamp: GateClamp?
  /// Whether each query head has a score that takes weight and adds no value (gpt-oss).
  package var attentionSinks = false
  /// Whether there is a norm of what attention and the feed-forward network read.
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
