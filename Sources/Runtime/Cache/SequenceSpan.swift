/// Consecutive positions of one sequence among the columns of a batch.
struct SequenceSpan {
  /// The sequence's slot in the KV cache.
  let slot: Int
  /// The position of the first column in its sequence.
  let position: Int
  /// The first column in the batch.
  var column: Int
  var count: Int
  /// How many of its last columns are read after the last block.
  var wanted: Int

  /// The columns that are read after the last block.
  var wantedColumns: Range<Int> { column + count - wanted..<column + count }

  /// - Parameter wanted: nil for all.
  init(slot: Int, position: Int, column: Int, count: Int, wanted: Int? = nil) {
    self.slot = slot
    self.position = position
    self.column = column
    self.count = count
    self.wanted = wanted ?? count
  }
}
