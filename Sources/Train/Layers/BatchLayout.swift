/// The rows of each text in a micro-batch, one text after another. Each text begins at position 0 and attends to
/// itself; a text may attend to another one in place of its own beginning.
package struct BatchLayout: Sendable {
  /// What the rows of a text read of another text, the deep one, which has as many rows: the keys and values of its
  /// first positions, in place of their own.
  struct Deep: Sendable {
    /// The index of the text that is read.
    let text: Int
    /// For each row, how many of the first positions it reads there: at row t from 0 to t.
    let counts: [Int]
  }

  /// The rows of each text.
  let texts: [Range<Int>]
  /// For each text the deep one that it reads; nil where it reads itself alone.
  let deep: [Deep?]
  package var rows: Int { texts.last?.upperBound ?? 0 }
  var longest: Int { texts.map(\.count).max() ?? 0 }

  package init(lengths: [Int]) {
    var start = 0
    texts = lengths.map { length in
      defer { start += length }
      return start..<start + length
    }
    deep = lengths.map { _ in nil }
  }

  /// The layout of two streams: these texts, and behind them the same texts again, each row of which reads the
  /// first stream's keys and values at its first positions.
  ///
  /// - Parameter counts: for each text, how many positions each row reads there: at row t from 0 to t.
  package init(streams first: BatchLayout, counts: [[Int]]) {
    precondition(counts.map(\.count) == first.texts.map(\.count))
    for counts in counts {
      precondition(counts.enumerated().allSatisfy { (0...$0.offset).contains($0.element) })
    }
    let rows = first.rows
    texts =
      first.texts + first.texts.map { $0.lowerBound + rows..<$0.upperBound + rows }
    deep =
      first.texts.map { _ in nil }
      + counts.enumerated().map { Deep(text: $0.offset, counts: $0.element) }
  }

  /// The texts in groups that read one another, by their indices: each with those that read it.
  var groups: [[Int]] {
    var readers: [Int: [Int]] = [:]
    for (index, deep) in deep.enumerated() {
      if let deep { readers[deep.text, default: []].append(index) }
    }
    return texts.indices.filter { deep[$0] == nil }.map { [$0] + (readers[$0] ?? []) }
  }
}
