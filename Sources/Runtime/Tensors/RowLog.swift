/// Rows of one width by position, from some position on: later ones are appended or taken back, earlier ones
/// dropped when nobody will want them.
struct RowLog: Sendable {
  let width: Int
  /// The position of the first row that is here.
  private(set) var first = 0
  private var values: [Float] = []  // [rows, width]

  init(width: Int) { self.width = width }

  /// The position after the last row.
  var end: Int { first + values.count / width }

  /// - Parameter rows: `[count, width]`, of the positions that follow.
  mutating func append(_ rows: some Collection<Float>) {
    precondition(rows.count % width == 0)
    values += rows
  }

  /// Drops the rows from this position on.
  mutating func truncate(to position: Int) {
    guard position < end else { return }
    values.removeLast(min(values.count, (end - position) * width))
    first = min(first, position)
  }

  /// Drops the rows before this position.
  mutating func drop(before position: Int) {
    guard position > first else { return }
    let dropped = min(position, end) - first
    values.removeFirst(dropped * width)
    first += dropped
  }

  /// The rows of some positions that are here: `[range.count, width]`.
  func rows(_ range: Range<Int>) -> ArraySlice<Float> {
    precondition(range.isEmpty || (first <= range.lowerBound && range.upperBound <= end))
    guard !range.isEmpty else { return [] }
    return values[(range.lowerBound - first) * width..<(range.upperBound - first) * width]
  }
}
