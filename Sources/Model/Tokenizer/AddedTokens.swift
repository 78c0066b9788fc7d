/// The tokens matched in the text before anything else splits it, the special ones among them.
struct AddedTokens: Sendable {
  struct Token: Sendable {
    var id: Int
    var content: [UInt8]
    /// Takes white space before it, after it, into the match.
    var stripsLeft: Bool
    var stripsRight: Bool
    /// Matches only where no word character touches it.
    var isSingleWord: Bool
    /// Matched in normalized text. Normalizers are refused, so that this only says which of the
    /// two passes finds it.
    var isNormalized: Bool
    var isSpecial: Bool
  }

  /// A part of the text: one added token, or text still to tokenize.
  enum Part {
    case token(Int)
    case text(Range<Int>)
  }

  private let verbatim: AddedTokenMatcher
  private let normalized: AddedTokenMatcher
  let special: Set<Int>
  private let tokens: [Token]

  init(_ tokens: [Token]) {
    verbatim = AddedTokenMatcher(tokens.filter { !$0.isNormalized })
    normalized = AddedTokenMatcher(tokens.filter(\.isNormalized))
    special = Set(tokens.filter(\.isSpecial).map(\.id))
    self.tokens = tokens
  }

  func id(of content: some Sequence<UInt8>) -> Int? {
    tokens.first { $0.content.elementsEqual(content) }?.id
  }

  /// Cuts `text` at every added token: the verbatim ones first, the others in what these leave.
  func split(_ text: UnsafeBufferPointer<UInt8>, _ body: (Part) -> Void) {
    verbatim.split(text) { part in
      guard case .text(let range) = part else { return body(part) }
      normalized.split(UnsafeBufferPointer(rebasing: text[range])) { inner in
        switch inner {
        case .token: body(inner)
        case .text(let piece):
          body(.text(range.lowerBound + piece.lowerBound..<range.lowerBound + piece.upperBound))
        }
      }
    }
  }
}
