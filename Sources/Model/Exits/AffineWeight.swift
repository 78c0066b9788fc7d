/// The weights of an affine map `x + W x + b`, in the order they are used.
package enum AffineWeight: Hashable, Sendable {
  /// W, `[hidden, hidden]`.
  case matrix
  /// W as a product of two: down `[rank, hidden]`, up `[hidden, rank]`.
  case down(rank: Int)
  case up(rank: Int)
  case bias

  /// The last part of its name.
  var suffix: String {
    switch self {
    case .matrix: "weight"
    case .down: "down.weight"
    case .up: "up.weight"
    case .bias: "bias"
    }
  }

  /// The shape, rows (outputs) first.
  func shape(hidden: Int) -> [Int] {
    switch self {
    case .matrix: [hidden, hidden]
    case .down(let rank): [rank, hidden]
    case .up(let rank): [hidden, rank]
    case .bias: [hidden]
    }
  }
}

extension AffineMap {
  /// W, or its factors in the order they are applied.
  package var matrices: [AffineWeight] {
    rank.map { [.down(rank: $0), .up(rank: $0)] } ?? [.matrix]
  }

  package var weights: [AffineWeight] { matrices + [.bias] }
}
