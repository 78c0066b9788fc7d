extension AddedTokens {
  /// Matching retries a token at every byte of the text, so that its length is a factor of the
  /// time: a limit keeps a hostile file from making encoding quadratic.
  private static let longestContent = 512

  private static let members = [
    "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special",
  ]

  /// Reads `added_tokens` and adds those that the model lacks to `vocabulary`.
  init(_ nodes: [JSONNode], vocabulary: inout Vocabulary) throws {
    var tokens: [Token] = []
    var seen: Set<Int> = []
    for node in nodes {
      let token = try Self.token(node, vocabulary: &vocabulary)
      guard seen.insert(token.id).inserted else {
        throw node.refuse(expected: "every added token once", found: "the id \(token.id) again")
      }
      tokens.append(token)
    }
    self.init(tokens)
  }

  private static func token(_ node: JSONNode, vocabulary: inout Vocabulary) throws -> Token {
    try node.allow(only: members)
    let contentNode = try node.required("content")
    let content = try contentNode.string()
    guard (1...longestContent).contains(content.utf8.count) else {
      throw contentNode.refuse(expected: "from 1 to \(longestContent) bytes")
    }
    return Token(
      id: try id(node.required("id"), of: content, vocabulary: &vocabulary),
      content: Array(content.utf8),
      stripsLeft: try node.required("lstrip").bool(),
      stripsRight: try node.required("rstrip").bool(),
      isSingleWord: try node.required("single_word").bool(),
      isNormalized: try node.required("normalized").bool(),
      isSpecial: try node.required("special").bool())
  }

  /// A token that the model also has keeps the model's id; the tokenizers package renumbers where
  /// the file says otherwise, and so a file that does is not to be trusted.
  private static func id(
    _ node: JSONNode, of content: String, vocabulary: inout Vocabulary
  ) throws -> Int {
    if let known = vocabulary.id(of: content) {
      guard case .integer(Int64(known)) = node.value else {
        throw node.refuse(expected: "\(known), the id of \"\(content.prefix(80))\" elsewhere")
      }
      return known
    }
    let id = try vocabulary.newID(node, for: content)
    vocabulary.add(content, id: id)
    return id
  }
}
