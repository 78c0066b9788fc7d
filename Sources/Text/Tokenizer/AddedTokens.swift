/// The tokens that are matched in a text before anything else splits it, special tokens among them.
struct AddedTokens: Sendable {
  struct Token: Sendable {
    var id: Int
    var content: [UInt8]
    /// Whether the match includes white space before or after the token.
    var stripsLeft: Bool
    var stripsRight: Bool
    /// Whether the token matches only where no word character touches it.
    var isSingleWord: Bool
    /// Whether the token is matched in normalized text, after being normalized itself.
    var isNormalized: Bool
    var isSpecial: Bool
  }

  /// A part of a text: an added token, or text still to be tokenized.
  enum Part {
    case token(Int)
    case text(Range<Int>)
  }

  /// Matches tokens in the text before it is normalized.
  let verbatim: AddedTokenMatcher
  let normalized: AddedTokenMatcher
  let special: Set<Int>
  /// The decoded texts of tokens that are matched in normalized text, as the tokenizers package
  /// decodes them.
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

  func contains(_ id: Int) -> Bool { tokens.contains { $0.id == id } }

  func id(of content: some Sequence<UInt8>) -> Int? {
    tokens.first { $0.content.elementsEqual(content) }?.id
  }
}
