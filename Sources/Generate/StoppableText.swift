import CleaveText

/// The text of a generation, cut before the first stop text. Text that could be the beginning of a
/// stop text is held back until it is known not to be.
package struct StoppableText {
  private var decoder: StreamingDecoder
  private let stop: [String]
  private var held = ""
  package private(set) var text = ""
  package private(set) var isStopped = false

  package init(tokenizer: Tokenizer, stop: [String]) {
    decoder = StreamingDecoder(tokenizer: tokenizer, skipSpecialTokens: true)
    self.stop = stop
  }

  /// Adds a token.
  ///
  /// - Returns: the text that can be shown now.
  package mutating func append(_ token: Int) -> String {
    release(decoder.append(token), atEnd: false)
  }

  /// Ends the text.
  ///
  /// - Returns: the text that was held back.
  package mutating func finish() -> String { release(decoder.finish(), atEnd: true) }

  private mutating func release(_ piece: String, atEnd: Bool) -> String {
    guard !isStopped else { return "" }
    held += piece
    var shown: String
    if let cut = firstStop() {
      shown = String(held[..<cut])
      isStopped = true
      held = ""
    } else {
      let kept = atEnd ? 0 : longestBeginningOfStop()
      shown = String(held.unicodeScalars.dropLast(kept))
      held = String(held.unicodeScalars.suffix(kept))
    }
    text += shown
    return shown
  }

  /// The index where the earliest stop text begins.
  private func firstStop() -> String.Index? {
    let scalars = held.unicodeScalars
    return scalars.indices.first { index in
      stop.contains { scalars[index...].starts(with: $0.unicodeScalars) }
    }
  }

  /// The number of scalars at the end of the held text that may turn out to begin a stop text.
  private func longestBeginningOfStop() -> Int {
    let scalars = Array(held.unicodeScalars)
    return stop.map { text -> Int in
      let wanted = Array(text.unicodeScalars)
      return (0..<wanted.count).reversed().first { count in
        count <= scalars.count && scalars.suffix(count).elementsEqual(wanted.prefix(count))
      } ?? 0
    }.max() ?? 0
  }
}
