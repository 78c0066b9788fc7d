import CleaveStorage

/// A token as one of the files beside a tokenizer states it: its text and how it is matched.
struct StatedToken {
  let content: String
  /// The id that the file states; nil where it states none.
  var id: Int?
  var stripsLeft = false
  var stripsRight = false
  var isSingleWord = false
  /// Whether the token is matched in normalized text; by default, special tokens are not.
  var isNormalized: Bool
  var isSpecial: Bool
  /// The node that states the token, for errors.
  let node: JSONNode

  init(_ content: String, isSpecial: Bool, node: JSONNode) {
    self.content = content
    self.isSpecial = isSpecial
    isNormalized = !isSpecial
    self.node = node
  }

  /// Reads a token that is a text or an object with a `content`.
  ///
  /// - Parameter isSpecial: whether the token is special if the file does not say.
  init(_ node: JSONNode, isSpecial: Bool) throws {
    guard case .object = node.value else {
      self.init(try node.string(), isSpecial: isSpecial, node: node)
      return
    }
    self.init(
      try node.required("content").string(),
      isSpecial: try node.flag("special", default: isSpecial), node: node)
    stripsLeft = try node.flag("lstrip", default: false)
    stripsRight = try node.flag("rstrip", default: false)
    isSingleWord = try node.flag("single_word", default: false)
    isNormalized = try node.flag("normalized", default: isNormalized)
  }

  /// The text's bytes: a key that tells texts apart which Swift's equality unifies.
  var key: [UInt8] { Array(content.utf8) }

  func isSame(as other: StatedToken) -> Bool {
    content.isSame(other.content) && matches(as: other)
      && isNormalized == other.isNormalized && isSpecial == other.isSpecial
  }

  private func matches(as other: StatedToken) -> Bool {
    stripsLeft == other.stripsLeft && stripsRight == other.stripsRight
      && isSingleWord == other.isSingleWord
  }

  /// The token stated a second time: the later statement says how it is matched. A token that was
  /// special or verbatim once stays so, as in the tokenizers package.
  func replaced(by later: StatedToken) -> StatedToken {
    var token = later
    token.isNormalized = isNormalized && (isSpecial || later.isNormalized)
    token.isSpecial = isSpecial || later.isSpecial
    return token
  }

  /// The entry in `added_tokens` of a tokenizer.json.
  func entry(id: Int) -> JSON {
    [
      "id": .integer(Int64(id)), "content": .string(content), "single_word": .bool(isSingleWord),
      "lstrip": .bool(stripsLeft), "rstrip": .bool(stripsRight),
      "normalized": .bool(isNormalized), "special": .bool(isSpecial),
    ]
  }
}
