/// A reference to one transformer block on the way to an exit.
package enum BlockReference: Equatable, Sendable {
  /// A block of the model, counted from 0.
  case model(Int)
  /// A block of the tail of the exit at that depth, counted from 0.
  case tail(depth: Int, block: Int)
}
