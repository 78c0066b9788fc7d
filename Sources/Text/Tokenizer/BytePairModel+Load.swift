import CleaveStorage

extension BytePairModel {
  private static let members = [
    "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
    "byte_fallback", "ignore_merges", "vocab", "merges",
  ]

  /// The members of `model` that the compiled tables replace.
  static let compiledMembers = ["vocab", "merges"]

  /// Reads the `model` of a tokenizer.json and adds its tokens to `vocabulary`.
  ///
  /// - Parameter isByteLevel: whether tokens are spelled in the byte alphabet instead of
  ///   characters.
  init(_ node: JSONNode, isByteLevel: Bool, vocabulary: inout Vocabulary) throws {
    try Self.checkOptions(node, isByteLevel: isByteLevel)
    try Self.addTokens(node.required("vocab"), to: &vocabulary)
    tokens = vocabulary.spelled.ids.map { UInt32($0) }
    byteIDs =
      isByteLevel ? try Self.byteIDs(node, vocabulary) : try Self.fallbackIDs(node, vocabulary)
    merges = try MergeReader(vocabulary: vocabulary).read(node.required("merges"))
  }

  /// Refuses options that would make the result differ from a lookup in the tables.
  static func checkOptions(_ node: JSONNode, isByteLevel: Bool) throws {
    // GPT-2's own file has no type; the other members identify the model.
    if let type = try node.optional("type"), !(try type.string().isSame("BPE")) {
      throw type.refuse(expected: "BPE")
    }
    try node.allow(only: members)
    try node.require("dropout", null: "dropout makes encoding random")
    for affix in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let node = try node.optional(affix), !(try node.string().isEmpty) {
        throw node.refuse(expected: "null or an empty string")
      }
    }
    guard isByteLevel else { return }
    for option in ["fuse_unk", "byte_fallback"] where try node.flag(option, default: false) {
      throw try node.required(option).refuse(expected: "false with a ByteLevel pre-tokenizer")
    }
  }

  private static func addTokens(_ node: JSONNode, to vocabulary: inout Vocabulary) throws {
    for member in try node.object().members {
      let location = JSONNode(member.value, file: node.file, path: node.path)
      let id = try vocabulary.newID(location, for: member.name)
      guard vocabulary.id(of: member.name) == nil else {
        throw node.refuse(
          expected: "every token once", found: "the token \"\(member.name.prefix(80))\" twice")
      }
      vocabulary.add(member.name, id: id)
    }
  }

  /// The tokens that stand for bytes, if the model falls back to bytes; nil elements otherwise.
  static func fallbackIDs(
    _ node: JSONNode, _ vocabulary: Vocabulary
  ) throws -> [UInt32?] {
    guard try node.flag("byte_fallback", default: false) else {
      return Array(repeating: nil, count: 256)
    }
    return (UInt8.min...UInt8.max).map { byte in
      vocabulary.spelled.id(of: CharacterSymbols.spelling(of: byte)).map { UInt32($0) }
    }
  }

  private static func byteIDs(_ node: JSONNode, _ vocabulary: Vocabulary) throws -> [UInt32?] {
    var unknown: UInt32?
    if let token = try node.optional("unk_token") {
      guard let id = vocabulary.id(of: try token.string()) else {
        throw token.refuse(expected: "a token of the model's vocabulary")
      }
      unknown = UInt32(id)
    }
    return (0..<256).map { byte in
      let id = vocabulary.spelled.id(of: ByteAlphabet.character(of: UInt8(byte)))
      return id.map { UInt32($0) } ?? unknown
    }
  }
}
