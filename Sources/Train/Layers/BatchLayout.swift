/// The rows of each text in a micro-batch, one text after another. Each text begins at position 0 and attends to
/// itself alone.
package struct BatchLayout: Sendable {
  /// The rows of each text.
  let texts: [Range<Int>]
  package var rows: Int { texts.last?.upperBound ?? 0 }
  var longest: Int { texts.map(\.count).max() ?? 0 }

  package init(lengths: [Int]) {
    var start = 0
    texts = lengths.map { length in
      defer { start += length }
      return start..<start + length
    }
  }
}
