/// The rows of each text in a micro-batch, one text after another. A row is a position of its text and attends to the
/// positions before it; a text may attend to another one in place of its own beginning.
package struct BatchLayout: Sendable {
  /// What the rows of a text read of another text, the deep one: the keys and values of its first positions, in place
  /// of their own.
  struct Deep: Sendable {
    /// The index of the text that is read.
    let text: Int
    /// For each row, how many of the first positions it reads there: all that have no row of their own, and at
    /// position t at most t.
    let counts: [Int]
  }

  /// The rows of each text.
  package let texts: [Range<Int>]
  /// The position of each text's first row.
  let starts: [Int]
  /// For each text the deep one that it reads; nil where it reads itself alone.
  let deep: [Deep?]
  package var rows: Int { texts.last?.upperBound ?? 0 }
  /// The most positions of a text.
  var longest: Int { zip(starts, texts).map { $0 + $1.count }.max() ?? 0 }

  package init(lengths: [Int]) {
    self.init(lengths: lengths, starts: lengths.map { _ in 0 }, deep: lengths.map { _ in nil })
  }

  private init(lengths: [Int], starts: [Int], deep: [Deep?]) {
    var start = 0
    texts = lengths.map { length in
      defer { start += length }
      return start..<start + length
    }
    (self.starts, self.deep) = (starts, deep)
  }

  /// The layout of two streams: the beginnings of the texts that are read, and behind them the texts, each row of which
  /// reads the first stream's keys and values at its first positions.
  ///
  /// - Parameters:
  ///   - lengths: the number of positions of each text.
  ///   - counts: for each text, how many positions are read in the first stream at each position t: from 0 to t.
  ///   - starts: for each text the first position that has a row in the second stream. From there on all positions
  ///     before it are read in the first stream.
  package init(streams lengths: [Int], counts: [[Int]], starts: [Int]) {
    precondition(counts.map(\.count) == lengths && starts.count == lengths.count)
    for (counts, start) in zip(counts, starts) {
      precondition(counts.enumerated().allSatisfy { (0...$0.offset).contains($0.element) })
      precondition(
        start >= 0 && start < counts.count && counts[start...].allSatisfy { $0 >= start })
    }
    let first = counts.map { $0.max() ?? 0 }
    let read = first.filter { $0 > 0 }
    var text = -1
    let deep = zip(first, zip(counts, starts)).map { length, text_ -> Deep? in
      guard length > 0 else { return nil }
      text += 1
      return Deep(text: text, counts: Array(text_.0[text_.1...]))
    }
    self.init(
      lengths: read + zip(lengths, starts).map { $0 - $1 }, starts: read.map { _ in 0 } + starts,
      deep: read.map { _ in nil } + deep)
  }

  /// The layout of the last rows, which begin with a text, without what they read of others.
  func last(_ count: Int) -> BatchLayout {
    let first = texts.firstIndex { $0.lowerBound == rows - count } ?? texts.count
    precondition(first < texts.count || count == 0)
    return BatchLayout(
      lengths: texts[first...].map(\.count), starts: Array(starts[first...]),
      deep: texts[first...].map { _ in nil })
  }
}
