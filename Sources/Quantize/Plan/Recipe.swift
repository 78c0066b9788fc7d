import CleaveModel
import CleaveStorage

/// A named rule for the types of a model's matrices. Rows that are not whole blocks of the type get
/// its fallback; see `QuantizationPlan`.
package enum Recipe: String, CaseIterable, Sendable {
  case f16
  case bf16
  case q8_0
  case q6_K = "q6_k"
  case q5_K = "q5_k"
  case q5_1
  case q5_0
  case q4_K = "q4_k"
  case q4_1
  case q4_0
  /// Q4_K, but Q5_K for attention values and the feed-forward network's down projection, whose
  /// errors no later product averages out.
  case balanced

  /// The type of most matrices.
  package var base: TensorType {
    switch self {
    case .f16: .f16
    case .bf16: .bf16
    case .q8_0: .q8_0
    case .q6_K: .q6_K
    case .q5_K: .q5_K
    case .q5_1: .q5_1
    case .q5_0: .q5_0
    case .q4_K, .balanced: .q4_K
    case .q4_1: .q4_1
    case .q4_0: .q4_0
    }
  }

  /// The type of the head, and of a tied embedding, because each answer at each exit comes from it.
  package var head: TensorType {
    switch base {
    case .q4_K, .q5_K, .q6_K: .q6_K
    case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0: .q8_0
    default: base
    }
  }

  func choice(for weight: WeightName, tied: Bool) -> (type: TensorType, reason: TypeReason) {
    switch weight {
    case .head: (head, .head)
    case .tokenEmbedding where tied: (head, .head)
    case .block(_, .value) where self == .balanced, .block(_, .down) where self == .balanced,
      .block(_, .expertDown) where self == .balanced,
      .block(_, .sharedDown) where self == .balanced:
      (.q5_K, .finer)
    default: (base, .recipe)
    }
  }
}
