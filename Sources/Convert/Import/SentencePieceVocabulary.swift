import CleaveStorage

/// A SentencePiece vocabulary of pieces with scores, as a tokenizer.model and a GGUF file of the model
/// `llama` hold one, which becomes a tokenizer.json of the tokenizers package: BPE whose merges are ranked
/// by the score of what they make (transformers' `SentencePieceExtractor`).
package struct SentencePieceVocabulary: Sendable {
  package enum Kind: Int, Sendable {
    case normal = 1
    case unknown, control, userDefined, unused, byte
  }

  package struct Piece: Sendable {
    package var text: String
    package var score: Float
    package var kind: Kind

    package init(text: String, score: Float, kind: Kind) {
      self.text = text
      self.score = score
      self.kind = kind
    }
  }

  /// Names the file in errors, and the place of the pieces in it.
  package var file: String
  package var location: String
  package var pieces: [Piece]
  /// Whether pieces are chosen by the sum of their scores (Unigram), and not made by merges.
  package var isUnigram = false
  /// A space is put before texts.
  package var addsSpace: Bool
  /// Put around texts.
  package var before: Int?
  package var after: Int?

  package init(
    file: String, location: String, pieces: [Piece], addsSpace: Bool, before: Int? = nil,
    after: Int? = nil
  ) {
    self.file = file
    self.location = location
    self.pieces = pieces
    self.addsSpace = addsSpace
    self.before = before
    self.after = after
  }

  /// What a space is in pieces.
  private static let space = "\u{2581}"

  package func tokenizerJSON() throws -> JSON {
    try checkPieces()
    let unknown = pieces.firstIndex { $0.kind == .unknown }
    let hasBytes = pieces.contains { $0.kind == .byte }
    return [
      "version": "1.0", "truncation": .null, "padding": .null,
      "added_tokens": .array(addedTokens()),
      "normalizer": [
        "type": "Sequence",
        "normalizers": .array(
          (addsSpace ? [["type": "Prepend", "prepend": .string(Self.space)]] : []) + [
            [
              "type": "Replace", "pattern": ["String": " "], "content": .string(Self.space),
            ]
          ]),
      ],
      "pre_tokenizer": .null,
      "post_processor": postProcessor(),
      "decoder": decoder(hasBytes: hasBytes),
      "model": isUnigram ? try unigram(unknown, hasBytes: hasBytes) : bytePairs(unknown, hasBytes),
    ]
  }

  private func unigram(_ unknown: Int?, hasBytes: Bool) throws -> JSON {
    guard let unknown else {
      throw InputError(
        file: file, location: location, found: "no unknown piece",
        expected: "one, which Unigram falls back to")
    }
    return [
      "type": "Unigram", "unk_id": .integer(Int64(unknown)),
      "vocab": .array(pieces.map { [.string($0.text), .real(Double($0.score))] }),
      "byte_fallback": .bool(hasBytes),
    ]
  }

  private func bytePairs(_ unknown: Int?, _ hasBytes: Bool) -> JSON {
    [
      "type": "BPE", "dropout": .null,
      "unk_token": unknown.map { .string(pieces[$0].text) } ?? .null,
      "continuing_subword_prefix": .null, "end_of_word_suffix": .null, "fuse_unk": true,
      "byte_fallback": .bool(hasBytes), "ignore_merges": false,
      "vocab": .object(
        JSONObject(pieces.enumerated().map { (name: $1.text, value: .integer(Int64($0))) })),
      "merges": .array(
        merges().map { [.string(String($0.left)), .string(String($0.right))] }),
    ]
  }

  // MARK: Parts

  /// The pieces become names of JSON members, where a second one and what follows a NUL would be lost.
  private func checkPieces() throws {
    func refuse(_ index: Int, _ found: String, _ expected: String) -> InputError {
      InputError(file: file, location: "\(location)[\(index)]", found: found, expected: expected)
    }
    var seen: Set<[UInt8]> = []
    for (index, piece) in pieces.enumerated() {
      guard !piece.text.utf8.contains(0) else {
        throw refuse(index, "a NUL character", "pieces without NUL")
      }
      guard seen.insert(Array(piece.text.utf8)).inserted else {
        throw refuse(index, "\"\(piece.text.prefix(80))\" again", "every piece once")
      }
      guard piece.score.isFinite else { throw refuse(index, "\(piece.score)", "a finite score") }
      guard piece.text.utf8.count <= Self.longestPiece else {
        throw refuse(
          index, "\(piece.text.utf8.count) bytes", "at most \(Self.longestPiece) bytes")
      }
    }
  }

  /// Every cut of a piece is looked up: a limit keeps a hostile file from being quadratic in its length.
  private static let longestPiece = 4096

  private struct Merge {
    let left: Substring.UnicodeScalarView
    let right: Substring.UnicodeScalarView
    let score: Float
  }

  /// By falling score, then by falling lengths, then as the vocabulary has them.
  private func merges() -> [Merge] {
    let scores = Dictionary(uniqueKeysWithValues: pieces.map { (Array($0.text.utf8), 0) })
    var ids: [[UInt8]: Int] = scores
    for (id, piece) in pieces.enumerated() { ids[Array(piece.text.utf8)] = id }
    let merges = pieces.flatMap { cuts(of: $0, ids) }
    let lengths = merges.map { ($0.left.count, $0.right.count) }
    return merges.indices.sorted { one, other in
      let (a, b) = (merges[one], merges[other])
      if a.score != b.score { return a.score > b.score }
      if lengths[one] != lengths[other] { return lengths[one] > lengths[other] }
      return one < other
    }.map { merges[$0] }
  }

  /// The pairs of pieces that make a piece.
  private func cuts(of piece: Piece, _ ids: [[UInt8]: Int]) -> [Merge] {
    let scalars = piece.text.unicodeScalars
    var found: [(merge: Merge, left: Int, right: Int)] = []
    for index in scalars.indices.dropFirst() {
      let (left, right) = (scalars[..<index], scalars[index...])
      guard let leftID = ids[Array(String(left).utf8)], let rightID = ids[Array(String(right).utf8)]
      else { continue }
      found.append((Merge(left: left, right: right, score: piece.score), leftID, rightID))
    }
    return found.sorted { ($0.left, $0.right) < ($1.left, $1.right) }.map(\.merge)
  }

  /// Control pieces are special; user-defined ones are text that is never cut.
  private func addedTokens() -> [JSON] {
    pieces.enumerated().compactMap { id, piece in
      guard [.unknown, .control, .userDefined].contains(piece.kind), !piece.text.isEmpty else {
        return nil
      }
      return [
        "id": .integer(Int64(id)), "content": .string(piece.text), "single_word": false,
        "lstrip": false, "rstrip": false, "normalized": false,
        "special": .bool(piece.kind != .userDefined),
      ]
    }
  }

  private func decoder(hasBytes: Bool) -> JSON {
    var steps: [JSON] = [
      ["type": "Replace", "pattern": ["String": .string(Self.space)], "content": " "]
    ]
    if hasBytes { steps.append(["type": "ByteFallback"]) }
    steps.append(["type": "Fuse"])
    if addsSpace {
      steps.append(["type": "Strip", "content": " ", "start": 1, "stop": 0])
    }
    return ["type": "Sequence", "decoders": .array(steps)]
  }

  private func postProcessor() -> JSON {
    let ids = [before, after].compactMap { $0 }
    guard !ids.isEmpty else { return .null }
    func special(_ id: Int, _ type: Int64) -> JSON {
      ["SpecialToken": ["id": .string(pieces[id].text), "type_id": .integer(type)]]
    }
    func text(_ name: JSON, _ type: Int64) -> [JSON] {
      [before].compactMap { $0.map { special($0, type) } }
        + [["Sequence": ["id": name, "type_id": .integer(type)]]]
        + [after].compactMap { $0.map { special($0, type) } }
    }
    var explained = JSONObject()
    for id in ids {
      let name = pieces[id].text
      explained[name] = [
        "id": .string(name), "ids": [.integer(Int64(id))], "tokens": [.string(name)],
      ]
    }
    return [
      "type": "TemplateProcessing", "single": .array(text("A", 0)),
      "pair": .array(text("A", 0) + text("B", 1)), "special_tokens": .object(explained),
    ]
  }
}
