/// The tokens of one text that an exit vocabulary lacks, by their first occurrence, with their rows of the
/// unembedding. After each beginning of the text, exits answer with the vocabulary's tokens and with those of the
/// beginning, so that what they say is a function of the text.
struct TextTokens {
  private let vocabulary: ExitVocabulary
  private var rows: GatheredRows
  private var tokens: [UInt32] = []
  /// The position at which each of them occurs first, rising.
  private var firsts: [Int] = []
  private var length = 0

  /// - Returns: nil where exits answer with the vocabulary's tokens alone.
  init?(_ vocabulary: ExitVocabulary?) {
    guard let vocabulary, let whole = vocabulary.whole else { return nil }
    self.vocabulary = vocabulary
    rows = GatheredRows(of: whole)
  }

  /// Goes on with the text.
  ///
  /// - Parameter text: ids of the model.
  mutating func append(_ text: some Sequence<Int>) {
    for token in text {
      let isKnown = vocabulary.contains(token) || tokens.contains { $0 == token }
      if !isKnown {
        rows.append(token)
        tokens.append(UInt32(token))
        firsts.append(length)
      }
      length += 1
    }
  }

  /// Drops the text from this position on.
  mutating func truncate(to position: Int) {
    guard position < length else { return }
    let dropped = firsts.count - count(before: position)
    rows.removeLast(dropped)
    tokens.removeLast(dropped)
    firsts.removeLast(dropped)
    length = position
  }

  /// The tokens of all the text; nil where there is none.
  var whole: TextRows? { before(length) }

  /// The tokens among the first `position` of the text; nil where there is none.
  func before(_ position: Int) -> TextRows? {
    let count = count(before: position)
    return count > 0 ? TextRows(matrix: rows.prefix(count), tokens: tokens[..<count]) : nil
  }

  private func count(before position: Int) -> Int {
    var count = firsts.count
    while count > 0, firsts[count - 1] >= position { count -= 1 }
    return count
  }
}

/// Rows of the unembedding beside those of an exit vocabulary, and their tokens.
struct TextRows {
  let matrix: Matrix  // [tokens, hidden]
  let tokens: ArraySlice<UInt32>
}
