import CleaveModel
import CleaveStorage

/// Which type each matrix of a model is meant to get. Rows that are not whole blocks of it get its
/// fallback; see `QuantizationPlan`.
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
  /// Q4_K, but Q5_K for the attention's values and the way down of the feed-forward network, whose
  /// errors no later product averages out.
  case balanced

  /// What most matrices get.
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

  /// What the head gets, and the embedding when it is the head too: every answer comes out of it, at
  /// every exit.
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
      .block(_, .expertDown) where self == .balanced:
      (.q5_K, .finer)
    default: (base, .recipe)
    }
  }
}

/// Why a tensor has the type it has.
package enum TypeReason: Equatable, Sendable {
  /// A norm stays the float vector it is.
  case norm
  case recipe
  /// The head, or the embedding that is the head too.
  case head
  /// One step finer than the recipe's base.
  case finer
  /// Where the bits save most.
  case allocated
  /// The `--tensor` pattern that matched last.
  case override(String)

  /// In a word or two.
  package var text: String {
    switch self {
    case .norm: "norm"
    case .recipe: "recipe"
    case .head: "head"
    case .finer: "finer"
    case .allocated: "allocated"
    case .override(let pattern): "--tensor \(pattern)"
    }
  }
}
