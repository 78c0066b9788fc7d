/// The reason for a tensor's type.
package enum TypeReason: Equatable, Sendable {
  /// A norm or other vector keeps its float type.
  case norm
  case recipe
  /// The head, or a tied embedding.
  case head
  /// A matrix that gets a finer type than the recipe's base.
  case finer
  /// A type allocated for a number of bits.
  case allocated
  /// The last matching `--tensor` pattern.
  case override(String)

  /// The reason in one or two words.
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
