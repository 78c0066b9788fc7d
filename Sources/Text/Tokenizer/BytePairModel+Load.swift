import CleaveStorage

extension BytePairModel {
  private static let members = [
    "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
    "byte_fallback", "ignore_merges", "vocab", "merges",
  ]

  /// What the tables hold instead.
  static let compiledMembers = ["vocab", "merges"]

  /// Reads the `model` of a tokenizer.json and adds its tokens to `vocabulary`.
  ///
  /// - Parameter isByteLevel: whether the vocabulary is of the alphabet of bytes, or of characters.
  init(_ node: JSONNode, isByteLevel: Bool, vocabulary: inout Vocabulary) throws {
    try Self.checkOptions(node, isByteLevel: isByteLevel)
    try Self.addTokens(node.required("vocab"), to: &vocabulary)
    tokens = vocabulary.spelled.ids.map { UInt32($0) }
    byteIDs =
      isByteLevel ? try Self.byteIDs(node, vocabulary) : try Self.fallbackIDs(node, vocabulary)
    merges = try MergeReader(vocabulary: vocabulary).read(node.required("merges"))
  }

  /// Refuses what would tokenize in another way than the tables are looked up.
  static func checkOptions(_ node: JSONNode, isByteLevel: Bool) throws {
    // GPT-2's own file has no type; the other members tell the kind.
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
      throw try node.required(option).refuse(expected: "false beside a ByteLevel")
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

  /// The tokens that stand for bytes, where the model falls back to them.
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

/// Reads the list of merges: pairs, or two tokens with a space between in older files.
private struct MergeReader {
  let vocabulary: Vocabulary

  func read(_ node: JSONNode) throws -> [BytePairModel.Merge] {
    guard case .array(let values) = node.value else { throw node.refuse(expected: "an array") }
    var merges: [BytePairModel.Merge] = []
    merges.reserveCapacity(values.count)
    var joined: [UInt8] = []
    for (rank, value) in values.enumerated() {
      guard let (left, right) = Self.pair(value) else {
        throw refuse(
          node, rank, value.kind, expected: "two tokens: [\"a\", \"b\"] or \"a b\"")
      }
      joined.removeAll(keepingCapacity: true)
      joined += left
      joined += right
      let leftID = try id(left, node, rank)
      let rightID = try id(right, node, rank)
      let joinedID = try id(joined[...], node, rank)
      merges.append(
        .init(
          left: UInt32(leftID), right: UInt32(rightID), rank: UInt32(rank),
          result: UInt32(joinedID)))
    }
    return Self.ordered(merges)
  }

  private static func ordered(_ merges: [BytePairModel.Merge]) -> [BytePairModel.Merge] {
    var ordered: [BytePairModel.Merge] = []
    ordered.reserveCapacity(merges.count)
    for merge in merges.sorted(by: {
      ($0.left, $0.right, $0.rank) < ($1.left, $1.right, $1.rank)
    }) {
      // A pair listed twice has its last rank, as in the tokenizers package.
      if let last = ordered.last, last.left == merge.left, last.right == merge.right {
        ordered[ordered.count - 1] = merge
      } else {
        ordered.append(merge)
      }
    }
    return ordered
  }

  private func id(_ token: ArraySlice<UInt8>, _ node: JSONNode, _ rank: Int) throws -> Int {
    if let id = vocabulary.spelled.id(of: token) { return id }
    throw refuse(
      node, rank, "the token \"\(String(decoding: token, as: UTF8.self).prefix(80))\"",
      expected: "tokens of the model's vocabulary")
  }

  private static func pair(_ value: JSON) -> (ArraySlice<UInt8>, ArraySlice<UInt8>)? {
    switch value {
    case .string(let text):
      let bytes = Array(text.utf8)
      guard let space = bytes.firstIndex(of: 0x20), bytes.lastIndex(of: 0x20) == space else {
        return nil
      }
      return (bytes[..<space], bytes[(space + 1)...])
    case .array(let values):
      guard values.count == 2, case .string(let left) = values[0],
        case .string(let right) = values[1]
      else { return nil }
      return (Array(left.utf8)[...], Array(right.utf8)[...])
    default: return nil
    }
  }

  private func refuse(
    _ node: JSONNode, _ rank: Int, _ found: String, expected: String
  ) -> InputError {
    InputError(
      file: node.file, location: "\(node.path)[\(rank)]", found: found, expected: expected)
  }
}
