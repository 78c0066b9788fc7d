/// The rows of each text in a micro-batch, one text after another. Each text begins at position 0 and attends to
/// itself; a text may attend to another one in place of its own beginning.
package struct BatchLayout: Sendable {
  /// What the rows of a text read of another text, the deep one: the keys and values of its first positions, in place
  /// of their own.
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

  private init(texts: [Range<Int>], deep: [Deep?]) {
    (self.texts, self.deep) = (texts, deep)
  }

  /// The layout of two streams: the beginnings of these texts that are read, and behind them these texts, each row of
  /// which reads the first stream's keys and values at its first positions.
  ///
  /// - Parameter counts: for each text, how many positions each row reads there: at row t from 0 to t.
  package init(streams second: BatchLayout, counts: [[Int]]) {
    precondition(counts.map(\.count) == second.texts.map(\.count))
    for counts in counts {
      precondition(counts.enumerated().allSatisfy { (0...$0.offset).contains($0.element) })
    }
    let lengths = counts.map { $0.max() ?? 0 }
    let first = BatchLayout(lengths: lengths.filter { $0 > 0 })
    var text = -1
    let deep = zip(lengths, counts).map { length, counts -> Deep? in
      guard length > 0 else { return nil }
      text += 1
      return Deep(text: text, counts: counts)
    }
    let behind = second.texts.map { $0.lowerBound + first.rows..<$0.upperBound + first.rows }
    self.init(texts: first.texts + behind, deep: first.deep + deep)
  }

  /// The layout of the last rows, which begin with a text, without what they read of others.
  func last(_ count: Int) -> BatchLayout {
    let first = rows - count
    let texts = texts.filter { $0.lowerBound >= first }
      .map { $0.lowerBound - first..<$0.upperBound - first }
    precondition(texts.first?.lowerBound ?? 0 == 0)
    return BatchLayout(texts: texts, deep: texts.map { _ in nil })
  }
}
