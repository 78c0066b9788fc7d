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
  private let ids: [[UInt8]: Int]
  private let known: Set<Int>

  /// - Parameter normalized: what the tokens that are normalized become, by id.
  init(_ tokens: [Token], normalized contents: [Int: [UInt8]] = [:]) {
    verbatim = AddedTokenMatcher(tokens.filter { !$0.isNormalized })
    normalizedContents = contents.filter { !$0.value.isEmpty }
    normalized = AddedTokenMatcher(
      tokens.compactMap {
        guard $0.isNormalized, let content = contents[$0.id], !content.isEmpty else { return nil }
        var token = $0
        token.content = content
        return token
      })
    ids = Dictionary(tokens.map { ($0.content, $0.id) }, uniquingKeysWith: { first, _ in first })
    known = Set(tokens.map(\.id))
    special = Set(tokens.filter(\.isSpecial).map(\.id))
  }

  func contains(_ id: Int) -> Bool { known.contains(id) }

  func id(of content: some Sequence<UInt8>) -> Int? { ids[Array(content)] }
}
