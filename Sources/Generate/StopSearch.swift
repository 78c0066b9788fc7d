/// The search for the first stop text in a text that comes in pieces. Text that could be the beginning of a stop text is
/// held back until it is known not to be. A scalar of the text costs each stop text a few comparisons, however long that is.
package struct StopSearch {
  private var stops: [StopText]
  /// The text that is held back: scalars that may begin a stop text.
  private var held: [Unicode.Scalar] = []
  package private(set) var isStopped = false

  package init(_ stop: [String]) { stops = stop.map(StopText.init) }

  /// Takes the next piece of the text.
  ///
  /// - Parameter atEnd: whether it is the last, so that nothing is held back.
  /// - Returns: the text that is certain now; none behind a stop text.
  package mutating func take(_ piece: String, atEnd: Bool) -> String {
    guard !isStopped else { return "" }
    let cut = firstStop(in: piece.unicodeScalars)
    held += piece.unicodeScalars
    let kept = atEnd ? 0 : stops.reduce(0) { max($0, $1.matched) }
    let shown = String(String.UnicodeScalarView(held[..<(cut ?? held.count - kept)]))
    held.removeFirst(cut == nil ? held.count - kept : held.count)
    isStopped = cut != nil
    if atEnd { for index in stops.indices { stops[index].matched = 0 } }
    return shown
  }

  /// The index in what is held, with this piece behind it, where the earliest stop text begins.
  private mutating func firstStop(in piece: String.UnicodeScalarView) -> Int? {
    var first: Int?
    for index in stops.indices {
      var end = held.count
      for scalar in piece {
        end += 1
        guard stops[index].takes(scalar) else { continue }
        // An empty text stands before the first scalar.
        let begin = end - max(stops[index].count, 1)
        first = min(first ?? begin, begin)
        break
      }
    }
    return first
  }
}

/// A stop text, and how much of it the text ends with (Knuth, Morris and Pratt, SIAM Journal on Computing 6, 1977).
private struct StopText {
  private let wanted: [Unicode.Scalar]
  /// The most scalars, fewer than the first `index + 1` of the wanted text, with which these both begin and end.
  private let borders: [Int]
  /// The number of scalars at the end of the text that begin the wanted text.
  var matched = 0

  init(_ text: String) {
    wanted = Array(text.unicodeScalars)
    var borders = [Int](repeating: 0, count: wanted.count)
    var border = 0
    for index in wanted.indices.dropFirst() {
      while border > 0, wanted[index] != wanted[border] { border = borders[border - 1] }
      if wanted[index] == wanted[border] { border += 1 }
      borders[index] = border
    }
    self.borders = borders
  }

  var count: Int { wanted.count }

  /// Takes the next scalar of the text.
  ///
  /// - Returns: whether the text ends with the whole of the wanted text now; nothing may be taken after that.
  mutating func takes(_ scalar: Unicode.Scalar) -> Bool {
    guard !wanted.isEmpty else { return true }
    while matched > 0, wanted[matched] != scalar { matched = borders[matched - 1] }
    if wanted[matched] == scalar { matched += 1 }
    return matched == wanted.count
  }
}
