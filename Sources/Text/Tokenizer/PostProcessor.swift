import CleaveStorage

/// The special tokens put before and after an encoded text.
struct PostProcessor: Sendable {
  /// The most tokens added to a text. Every text is encoded with them, so that more would be a
  /// mistake or an attack.
  private static let mostTokens = 64
  private static let mostSpecialTokens = 1024

  private(set) var before: [Int] = []
  private(set) var after: [Int] = []

  init() {}

  /// Reads `post_processor`.
  init(_ node: JSONNode, tables: TokenizerTables) throws {
    switch try node.type().string() {
    case "ByteLevel":  // Moves offsets, which nothing here has.
      try node.allow(only: ["type", "add_prefix_space", "trim_offsets", "use_regex"])
    case "TemplateProcessing":
      try node.allow(only: ["type", "single", "pair", "special_tokens"])
      try readTemplate(node, tables)
    case "Sequence":
      try node.allow(only: ["type", "processors"])
      for step in try node.required("processors").elements() {
        let inner = try PostProcessor(step, tables: tables)
        before = inner.before + before
        after += inner.after
        try checkCount(node)
      }
    default:
      throw try node.type().refuse(
        expected: "ByteLevel, TemplateProcessing or a Sequence of these")
    }
  }

  private mutating func readTemplate(_ node: JSONNode, _ tables: TokenizerTables) throws {
    var hasText = false
    let single = try node.required("single")
    let pieces = try single.elements()
    // Checked before names are looked up piece by piece.
    guard pieces.count <= Self.mostTokens + 1,
      try node.optional("special_tokens")?.object().members.count ?? 0 <= Self.mostSpecialTokens
    else {
      throw single.refuse(
        expected: "at most \(Self.mostTokens) special tokens around a text", found: "more")
    }
    for piece in pieces {
      try piece.allow(only: ["SpecialToken", "Sequence"])
      if let special = try piece.optional("SpecialToken") {
        _ = try special.required("type_id")
        let ids = try Self.ids(of: special.required("id"), in: node, tables)
        if hasText { after += ids } else { before += ids }
      } else {
        _ = try piece.required("Sequence").required("type_id")
        let sequence = try piece.required("Sequence").required("id")
        guard try sequence.string().isSame("A"), !hasText else {
          throw sequence.refuse(expected: "the sequence A once")
        }
        hasText = true
      }
    }
    guard hasText else {
      throw single.refuse(expected: "the sequence A once", found: "none")
    }
    try checkCount(node)
  }

  private func checkCount(_ node: JSONNode) throws {
    guard before.count + after.count <= Self.mostTokens else {
      throw node.refuse(
        expected: "at most \(Self.mostTokens) special tokens around a text", found: "more")
    }
  }

  private static func ids(
    of name: JSONNode, in node: JSONNode, _ tables: TokenizerTables
  ) throws -> [Int] {
    guard let token = try node.required("special_tokens").optional(name.string()) else {
      throw name.refuse(expected: "a name defined in special_tokens")
    }
    try token.allow(only: ["id", "ids", "tokens"])
    return try token.required("ids").elements().map { id in
      let value = try id.int()
      guard tables[value] != nil else {
        throw id.refuse(expected: "the id of a token")
      }
      return value
    }
  }
}
