/// Finds the leftmost, and there the longest, occurrence of any of a set of added tokens.
struct AddedTokenMatcher: Sendable {
  private let tokens: [AddedTokens.Token]
  /// The children of trie nodes, by node and byte; node 0 is the root.
  private var children = IntegerMap()
  /// The index of the token that ends at each node; -1 for none.
  private var ends: [Int32] = [-1]
  /// The bytes a token can start with: this table alone skips most text.
  private var isFirst = [Bool](repeating: false, count: 256)

  init(_ tokens: [AddedTokens.Token]) {
    self.tokens = tokens
    for (index, token) in tokens.enumerated() {
      isFirst[Int(token.content[0])] = true
      var node: UInt64 = 0
      for byte in token.content {
        if let child = children[node << 8 | UInt64(byte)] {
          node = child
        } else {
          children.set(node << 8 | UInt64(byte), UInt64(ends.count))
          node = UInt64(ends.count)
          ends.append(-1)
        }
      }
      ends[Int(node)] = Int32(index)
    }
  }

  /// Splits `text` at each match. The texts between matches are never empty.
  func split(_ text: UnsafeBufferPointer<UInt8>, _ body: (AddedTokens.Part) -> Void) {
    var given = 0  // how far the text has been given
    var position = 0
    var space = 0..<0  // the white space last stripped on a right side, not to be scanned again
    while let (token, match) = nextMatch(in: text, from: position) {
      // A match that is rejected for touching a word has still used up its text.
      position = match.upperBound
      if token.isSingleWord, WordBoundary.touches(match, in: text) { continue }
      var (start, end) = (match.lowerBound, match.upperBound)
      if token.stripsLeft {
        start = max(given, WordBoundary.spaceStart(in: text, before: start, notBefore: given))
      }
      if token.stripsRight {
        if !space.contains(end) { space = end..<WordBoundary.spaceEnd(in: text, after: end) }
        end = max(end, space.upperBound)
      }
      // Nothing is left of a match in white space that the previous token has stripped.
      guard start < end else { continue }
      if given < start { body(.text(given..<start)) }
      body(.token(token.id))
      given = end
    }
    if given < text.count { body(.text(given..<text.count)) }
  }

  private func nextMatch(
    in text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> (AddedTokens.Token, Range<Int>)? {
    guard !tokens.isEmpty else { return nil }
    var position = start
    while position < text.count {
      if isFirst[Int(text[position])], let found = longest(in: text, at: position) {
        return found
      }
      position += 1
    }
    return nil
  }

  private func longest(
    in text: UnsafeBufferPointer<UInt8>, at start: Int
  ) -> (AddedTokens.Token, Range<Int>)? {
    var found: (AddedTokens.Token, Range<Int>)?
    var node: UInt64 = 0
    var position = start
    while position < text.count, let child = children[node << 8 | UInt64(text[position])] {
      node = child
      position += 1
      let index = Int(ends[Int(node)])
      if index >= 0 { found = (tokens[index], start..<position) }
    }
    return found
  }
}
