import CleaveStorage

extension UnigramModel {
  /// Whether the `model` of a tokenizer.json is a Unigram model.
  static func isUnigram(_ node: JSONNode) throws -> Bool {
    try node.optional("type")?.string().isSame("Unigram") ?? false
  }

  /// The longest token in bytes. Matching follows a token byte by byte from each character of the text, so that a
  /// hostile file could make encoding quadratic. SentencePiece's own pieces have at most 16 characters.
  private static let longestToken = 256

  /// Reads the `model` of a tokenizer.json.
  init(_ node: JSONNode) throws {
    try node.allow(only: ["type", "unk_id", "vocab", "byte_fallback"])
    let vocab = try node.required("vocab")
    let entries = try vocab.elements()
    guard entries.count <= Vocabulary.largestCount else {
      throw vocab.refuse(expected: "at most \(Vocabulary.largestCount) tokens")
    }
    var tokens: [[UInt8]] = []
    var scores: [Double] = []
    for entry in entries {
      let pair = try entry.elements()
      guard pair.count == 2 else { throw entry.refuse(expected: "a token and its score") }
      let token = Array(try pair[0].string().utf8)
      guard (1...Self.longestToken).contains(token.count) else {
        throw pair[0].refuse(expected: "from 1 to \(Self.longestToken) bytes")
      }
      let score = try pair[1].number()
      guard score.isFinite, abs(score) < 1e6 else {
        throw pair[1].refuse(expected: "a score within a million")
      }
      tokens.append(token)
      scores.append(score)
    }
    guard !tokens.isEmpty else { throw vocab.refuse(expected: "tokens", found: "none") }
    self.init(
      tokens: tokens, scores: scores,
      unknown: try node.required("unk_id").int(in: 0...(tokens.count - 1)),
      fallsBackToBytes: try node.flag("byte_fallback", default: false))
  }
}

extension BytePairModel {
  /// Adds the tokens of a Unigram model, which has no merges, to `vocabulary`.
  init(unigram node: JSONNode, vocabulary: inout Vocabulary) throws {
    for (id, entry) in try node.required("vocab").elements().enumerated() {
      let location = try entry.elements().first ?? entry
      let token = try location.string()
      guard vocabulary.id(of: token) == nil else {
        throw location.refuse(
          expected: "every token once", found: "the token \"\(token.prefix(80))\" twice")
      }
      vocabulary.add(token, id: id)
    }
    tokens = vocabulary.spelled.ids.map { UInt32($0) }
    byteIDs = try Self.fallbackIDs(node, vocabulary)
    merges = []
  }
}
