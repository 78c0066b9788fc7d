import CleaveStorage

/// A SentencePiece vocabulary of pieces with scores, as in a tokenizer.model and in a GGUF file
/// whose tokenizer model is `llama`. A tokenizer.json of the tokenizers package is made from it:
/// BPE whose merges are ranked by the score of their result, as transformers'
/// `SentencePieceExtractor` does.
package struct SentencePieceVocabulary: Sendable {
  /// The kind of a piece, with the numbers of SentencePiece's ModelProto.
  package enum Kind: Int, Sendable {
    case normal = 1
    case unknown, control, userDefined, unused, byte
  }

  /// A token of the vocabulary with its log probability or merge score.
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

  /// The file's path and the location of the pieces in it, for errors.
  package var file: String
  package var location: String
  package var pieces: [Piece]
  /// Whether texts are split to maximize the sum of scores (Unigram) instead of by merges (BPE).
  package var isUnigram = false
  /// Whether a space is put before each text.
  package var addsSpace: Bool
  /// Whether the space is put before each part of a text between added tokens, as transformers does
  /// where `legacy` is not false, instead of before the whole text alone.
  package var isLegacy = true
  /// The ids of the tokens put before and after each text.
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

  /// The character that stands for a space in pieces.
  static let space = "\u{2581}"

  /// The vocabulary as a tokenizer.json.
  ///
  /// - Throws: `InputError` for pieces that are repeated, too long or contain a NUL, and for a
  ///   Unigram vocabulary without an unknown piece.
  package func tokenizerJSON() throws -> JSON {
    try checkPieces()
    let unknown = pieces.firstIndex { $0.kind == .unknown }
    let hasBytes = pieces.contains { $0.kind == .byte }
    return [
      "version": "1.0", "truncation": .null, "padding": .null,
      "added_tokens": .array(addedTokens()),
      "normalizer": isLegacy ? normalizer : .null,
      "pre_tokenizer": isLegacy ? .null : preTokenizer,
      "post_processor": postProcessor(),
      "decoder": decoder(hasBytes: hasBytes),
      "model": isUnigram
        ? try unigram(unknown, hasBytes: hasBytes) : try bytePairs(unknown, hasBytes),
    ]
  }

  private var normalizer: JSON {
    let prepend: [JSON] =
      addsSpace ? [["type": "Prepend", "prepend": .string(Self.space)]] : []
    let replace: JSON = [
      "type": "Replace", "pattern": ["String": " "], "content": .string(Self.space),
    ]
    return ["type": "Sequence", "normalizers": .array(prepend + [replace])]
  }

  private var preTokenizer: JSON {
    [
      "type": "Metaspace", "replacement": .string(Self.space),
      "prepend_scheme": addsSpace ? "first" : "never", "split": false,
    ]
  }

  private func unigram(_ unknown: Int?, hasBytes: Bool) throws -> JSON {
    guard let unknown else {
      throw InputError(
        file: file, location: location, found: "no unknown piece",
        expected: "an unknown piece, which Unigram falls back to")
    }
    return [
      "type": "Unigram", "unk_id": .integer(Int64(unknown)),
      "vocab": .array(pieces.map { [.string($0.text), .real(Double($0.score))] }),
      "byte_fallback": .bool(hasBytes),
    ]
  }

  private func bytePairs(_ unknown: Int?, _ hasBytes: Bool) throws -> JSON {
    [
      "type": "BPE", "dropout": .null,
      "unk_token": unknown.map { .string(pieces[$0].text) } ?? .null,
      "continuing_subword_prefix": .null, "end_of_word_suffix": .null, "fuse_unk": true,
      "byte_fallback": .bool(hasBytes), "ignore_merges": false,
      "vocab": .object(
        JSONObject(pieces.enumerated().map { (name: $1.text, value: .integer(Int64($0))) })),
      "merges": .array(
        try merges().map { [.string(String($0.left)), .string(String($0.right))] }),
    ]
  }
}
