import CleaveStorage

extension AddedTokens {
  /// The longest added token in bytes. Matching tries a token at each byte of the text, so that a
  /// hostile file with long tokens could make encoding quadratic.
  private static let longestContent = 512

  private static let members = [
    "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special",
  ]

  /// Reads `added_tokens`.
  ///
  /// - Parameter resolve: returns the id of a token, given its text and the node that states its
  ///   id.
  init(
    _ nodes: [JSONNode], _ normalizer: Normalizer = .none,
    resolve: (String, JSONNode) throws -> Int
  ) throws {
    var tokens: [Token] = []
    var seen: Set<Int> = []
    for node in nodes {
      let token = try Self.token(node, resolve)
      guard seen.insert(token.id).inserted else {
        throw node.refuse(expected: "every added token once", found: "the id \(token.id) again")
      }
      tokens.append(token)
    }
    self.init(tokens, normalizer)
  }

  private static func token(
    _ node: JSONNode, _ resolve: (String, JSONNode) throws -> Int
  ) throws -> Token {
    try node.allow(only: members)
    let contentNode = try node.required("content")
    let content = try contentNode.string()
    guard (1...longestContent).contains(content.utf8.count) else {
      throw contentNode.refuse(expected: "from 1 to \(longestContent) bytes")
    }
    return Token(
      id: try resolve(content, node.required("id")),
      content: Array(content.utf8),
      stripsLeft: try node.required("lstrip").bool(),
      stripsRight: try node.required("rstrip").bool(),
      isSingleWord: try node.required("single_word").bool(),
      isNormalized: try node.required("normalized").bool(),
      isSpecial: try node.required("special").bool())
  }
}
