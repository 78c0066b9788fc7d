import CleaveText

/// The text of a generation, cut before the first stop text. Text that could be the beginning of a
/// stop text is held back until it is known not to be.
package struct StoppableText {
  private var decoder: StreamingDecoder
  private var search: StopSearch
  package private(set) var text = ""
  package var isStopped: Bool { search.isStopped }

  package init(tokenizer: Tokenizer, stop: [String]) {
    decoder = StreamingDecoder(tokenizer: tokenizer, skipSpecialTokens: true)
    search = StopSearch(stop)
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
    let shown = search.take(piece, atEnd: atEnd)
    text += shown
    return shown
  }
}
