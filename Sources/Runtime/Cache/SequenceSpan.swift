/// Consecutive positions of one sequence among the columns of a batch.
struct SequenceSpan {
  /// The sequence's slot in the KV cache.
  let slot: Int
  /// The position of the first column in its sequence.
  let position: Int
  /// The first column in the batch.
  var column: Int
  var count: Int
}
