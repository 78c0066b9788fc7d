/// Consecutive positions of one sequence among the columns of a batch.
struct BatchSpan {
  let slot: Int
  /// Of the first column in its sequence.
  let position: Int
  /// The first in the batch.
  let column: Int
  let count: Int

  /// Columns that one thread takes at a time. Short, so that threads end together; a multiple of the
  /// key tile, so that two threads seldom write to one.
  private static let longest = 16

  /// One thread's work each.
  var parts: [BatchSpan] {
    stride(from: 0, to: count, by: Self.longest).map {
      BatchSpan(
        slot: slot, position: position + $0, column: column + $0,
        count: min(Self.longest, count - $0))
    }
  }
}
