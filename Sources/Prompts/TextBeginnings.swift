import CleaveText

/// Cuts a text at the end of one of its tokens.
struct TextBeginnings {
  private let tokenizer: Tokenizer
  private let text: String
  /// The tokens of the whole text.
  private let words: [Int]
  /// How many tokens may lack the end of a character. The bytes of one are four at most; normalizers add a few.
  private static let torn = 8

  init(_ tokenizer: Tokenizer, _ text: String, _ words: [Int]) {
    (self.tokenizer, self.text, self.words) = (tokenizer, text, words)
  }

  /// The text of the most tokens, at most `count`, that decode to a beginning of the text: fewer where a character
  /// would be torn, none where a normalizer changes how the text begins.
  func longest(of count: Int) -> (text: String, tokens: Int) {
    if let found = longest(near: count) { return found }
    // Not all numbers of tokens are tried, each of which would decode all of them.
    let (agreeing, certain) = agreement(within: count)
    if let found = longest(near: agreeing) { return found }
    return (tokenizer.decode(Array(words[..<certain])), certain)
  }

  /// The text of the most tokens, at most `count` and few less, that decode to a beginning of the text.
  private func longest(near count: Int) -> (text: String, tokens: Int)? {
    for kept in (max(0, count - Self.torn)...count).reversed() {
      let beginning = tokenizer.decode(Array(words[..<kept]))
      if text.utf8.starts(with: beginning.utf8) { return (beginning, kept) }
    }
    return nil
  }

  /// How many tokens give nothing that is not in the text, and how many are known to be a beginning of it. Bytes of a
  /// long run that is no UTF-8 are no such beginning, and are not tried one by one.
  private func agreement(within count: Int) -> (agreeing: Int, certain: Int) {
    var decoder = StreamingDecoder(tokenizer: tokenizer)
    var rest = text.utf8[...]
    var (given, certain) = (0, 0)
    for (index, word) in words[..<count].enumerated() {
      let piece = decoder.append(word).utf8
      guard rest.starts(with: piece) else { return (index, certain) }
      rest = rest.dropFirst(piece.count)
      if !piece.isEmpty { given = index }
      guard index - given < Self.torn else { continue }
      var ended = decoder
      if rest.starts(with: ended.finish().utf8) { certain = index + 1 }
    }
    return (count, certain)
  }
}
