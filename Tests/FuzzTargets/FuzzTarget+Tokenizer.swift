import CleaveConvert
import CleaveStorage
import CleaveText

extension FuzzTarget {
  /// A tokenizer.json, and a text for it: the input's last bytes.
  static let tokenizerJSON = FuzzTarget.giving("tokenizer-json") { input in
    let tokenizer = try Tokenizer(
      try JSONNode(parsing: input, file: "tokenizer.json", refusesHalves: true))
    try check(tokenizer, input)
    let ids = tokenizer.encode(sample(input))
    let given = ids.map(String.init).joined(separator: " ")
    guard tokenizer.isCompilable else { return given }
    let digest = FileDigest(of: input)
    let again = try reread("tokenizer.bin") {
      try Tokenizer(compiled: try mapped(tokenizer.compiled(madeFrom: digest)), madeFrom: digest)
    }
    try require(try again.isEquivalent(to: tokenizer), "compiled tables say what the JSON says")
    try require(again.encode(sample(input)) == ids, "compiled tables give the same ids")
    return given
  }

  /// A tokenizer.bin, made from a tokenizer.json of nothing: the input's digest is put right.
  static let tokenizerBin = FuzzTarget("tokenizer-bin") { input in
    let digest = FileDigest(of: [])
    var bytes = input
    // The SHA-256 of the tokenizer.json, where specs/artifact.md has it.
    if bytes.count >= 64 { bytes.replaceSubrange(32..<64, with: digest.bytesOfSHA256) }
    let tokenizer = try Tokenizer(compiled: try mapped(bytes), madeFrom: digest)
    try check(tokenizer, input)
    try require(
      tokenizer.compiled(madeFrom: digest) == bytes, "tables are written as they were read")
  }

  /// A tokenizer.model of SentencePiece.
  static let tokenizerModel = FuzzTarget("tokenizer-model") { input in
    let model = try SentencePieceModel(input, file: "tokenizer.model")
    var vocabulary = SentencePieceVocabulary(
      file: "tokenizer.model", location: "pieces", pieces: model.pieces, addsSpace: model.addsSpace,
      before: 0)
    vocabulary.isUnigram = model.isUnigram
    vocabulary.isLegacy = input.count % 2 == 0
    let json = JSONNode(try vocabulary.tokenizerJSON(), file: "tokenizer.model")
    try check(try Tokenizer(json), input)
  }

  /// A regular expression that splits texts, and behind a NUL the text.
  static let splitPattern = FuzzTarget("split-pattern") { input in
    let parts = FuzzParts.texts(input)
    let tokenizer = try Tokenizer(JSONNode(splitting(by: parts[0]), file: "tokenizer.json"))
    let text = parts.dropFirst().joined(separator: "\n")
    try require(
      tokenizer.preTokenized(text).joined().isSame(text), "pieces joined are the text")
  }

  /// A byte-level tokenizer of two tokens.
  private static func splitting(by pattern: String) -> JSON {
    [
      "version": "1.0",
      "pre_tokenizer": [
        "type": "Sequence",
        "pretokenizers": [
          [
            "type": "Split", "pattern": ["Regex": .string(pattern)], "behavior": "Isolated",
            "invert": false,
          ],
          ["type": "ByteLevel", "add_prefix_space": false, "use_regex": false],
        ],
      ],
      "decoder": ["type": "ByteLevel"],
      "model": ["type": "BPE", "vocab": ["a": 0, "b": 1], "merges": []],
    ]
  }

  private static func mapped(_ bytes: [UInt8]) throws -> MappedFile {
    try MappedFile(inMemory: "tokenizer.bin", count: bytes.count) { $0.copyBytes(from: bytes) }
  }

  /// A text for a tokenizer, whose end the fuzzer chooses.
  private static func sample(_ input: [UInt8]) -> String {
    "The night, before 12 noon: <|im_start|>\u{E9}\u{1F600}\n\t don't \u{2581}"
      + String(decoding: input.suffix(64), as: UTF8.self)
  }

  private static func check(_ tokenizer: Tokenizer, _ input: [UInt8]) throws {
    let ids = tokenizer.encode(sample(input))
    try require(
      ids.allSatisfy { (0..<tokenizer.vocabularySize).contains($0) }, "ids are in the vocabulary")
    for skips in [false, true] {
      var decoder = StreamingDecoder(tokenizer: tokenizer, skipSpecialTokens: skips)
      let streamed = ids.map { decoder.append($0) }.joined() + decoder.finish()
      try require(
        streamed.isSame(tokenizer.decode(ids, skipSpecialTokens: skips)),
        "what is decoded piece by piece is what is decoded at once")
    }
  }
}
