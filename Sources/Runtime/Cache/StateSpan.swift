/// A sequence among the columns of a batch, with what a block remembers of it.
struct StateSpan {
  let state: BlockState
  /// The position of the first column in its sequence.
  let position: Int
  /// The first column in the batch.
  let column: Int
  let count: Int
}
