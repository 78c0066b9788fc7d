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
    /// Matched in normalized text, and there as the normalizer makes it.
    var isNormalized: Bool
    var isSpecial: Bool
  }

  /// A part of the text: one added token, or text still to tokenize.
  enum Part {
    case token(Int)
    case text(Range<Int>)
  }

  /// Of those found in the text as it is, before it is normalized.
  let verbatim: AddedTokenMatcher
  let normalized: AddedTokenMatcher
  let special: Set<Int>
  /// How tokens that are matched in normalized text read where that is another text than their own: as
  /// the tokenizers package decodes them.
  let normalizedContents: [Int: [UInt8]]
  private let tokens: [Token]

  init(_ tokens: [Token], _ normalizer: Normalizer = .none) {
    verbatim = AddedTokenMatcher(tokens.filter { !$0.isNormalized })
    normalized = AddedTokenMatcher(
      tokens.filter(\.isNormalized).compactMap {
        var token = $0
        token.content = normalizer(token.content)
        return token.content.isEmpty ? nil : token
      })
    normalizedContents = Dictionary(
      tokens.filter(\.isNormalized).map { ($0.id, normalizer($0.content)) }
        .filter { !$0.1.isEmpty }, uniquingKeysWith: { first, _ in first })
    special = Set(tokens.filter(\.isSpecial).map(\.id))
    self.tokens = tokens
  }

  func id(of content: some Sequence<UInt8>) -> Int? {
    tokens.first { $0.content.elementsEqual(content) }?.id
  }
}
