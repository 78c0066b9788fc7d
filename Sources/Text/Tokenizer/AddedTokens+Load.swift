import CleaveStorage

extension AddedTokens {
  /// The longest added token in bytes. Matching tries a token at each byte of the text, so that a
  /// hostile file with long tokens could make encoding quadratic.
  private static let longestContent = 512
  /// The most bytes that the normalizer may make of all added tokens, each at its longest. A step can make a text
  /// many times as long, and each token is kept in a tree of bytes.
  private static let mostNormalizedBytes = 1 << 20

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
    var contents: [Int: [UInt8]] = [:]
    var written = 0
    for node in nodes {
      let token = try Self.token(node, resolve)
      guard seen.insert(token.id).inserted else {
        throw node.refuse(expected: "every added token once", found: "the id \(token.id) again")
      }
      tokens.append(token)
      if token.isNormalized {
        contents[token.id] = try Self.normalized(token, normalizer, node, &written)
      }
    }
    self.init(tokens, normalized: contents)
  }

  /// The content of a token behind the normalizer.
  ///
  /// - Parameter written: the bytes that the steps have made of all tokens so far.
  private static func normalized(
    _ token: Token, _ normalizer: Normalizer, _ node: JSONNode, _ written: inout Int
  ) throws -> [UInt8] {
    let name = "\"\(String(decoding: token.content, as: UTF8.self).prefix(80))\""
    var content = token.content
    var longest = 0
    // Step by step: a text that is long only for a while costs as much.
    for stage in normalizer.stages {
      content = Normalizer(stages: [stage])(content)
      guard content.count <= longestContent else {
        throw try node.required("content").refuse(
          expected: "at most \(longestContent) bytes after each step of the normalizer",
          found: "\(name), which becomes \(content.count) bytes")
      }
      longest = max(longest, content.count)
    }
    written += longest
    guard written <= mostNormalizedBytes else {
      throw try node.required("content").refuse(
        expected:
          "at most \(mostNormalizedBytes) bytes that the normalizer makes of all added tokens",
        found: "\(written) bytes up to \(name)")
    }
    return content
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
