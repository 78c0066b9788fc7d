import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// The pipelines of further families, against the tokenizers package (tools/golden/tokenizer_families.py).
@Suite struct TokenizerFamilyTests {
  static let names = [
    "llama2", "phi3", "mistral", "metaspace", "gemma", "qwen2", "words", "falcon", "bert",
  ]
  static let unigrams = ["unigram", "unknown", "xlmr", "albert"]

  /// Every fourth line of the corpus.
  private static func corpus() throws -> [String] {
    try GoldenTokenizer.corpus().enumerated().filter { $0.offset % 4 == 0 }.map(\.element)
  }

  @Test(arguments: names + unigrams) func encodesAsTheTokenizersPackage(name: String) throws {
    let golden = try GoldenTokenizer("family-\(name)")
    let corpus = try Self.corpus()
    try #require(golden.ids.count == corpus.count && corpus.count == 810)
    let wrong = corpus.indices.filter { golden.tokenizer.encode(corpus[$0]) != golden.ids[$0] }
    for line in wrong.prefix(5) {
      Issue.record(
        "\(corpus[line].prefix(60).debugDescription): \(golden.tokenizer.encode(corpus[line]).prefix(24)), expected \(golden.ids[line].prefix(24))"
      )
    }
    #expect(wrong.isEmpty, "\(wrong.count) lines differ")
  }

  @Test(arguments: names + unigrams) func decodesAsTheTokenizersPackage(name: String) throws {
    let golden = try GoldenTokenizer("family-\(name)")
    var wrong: [String] = []
    for (number, line) in try Self.corpus().enumerated() {
      let expected = golden.decoded[number] ?? line
      let ids = golden.tokenizer.encode(line, addSpecialTokens: false)
      let text = golden.tokenizer.decode(ids)
      if !isSame(text, expected) {
        wrong.append("\(text.debugDescription), \(expected.debugDescription)")
      }
      let skipped = golden.tokenizer.decode(golden.ids[number], skipSpecialTokens: true)
      let expectedSkipped = golden.skipped[number] ?? expected
      if !isSame(skipped, expectedSkipped) {
        wrong.append("skipped \(skipped.debugDescription), \(expectedSkipped.debugDescription)")
      }
      var stream = StreamingDecoder(tokenizer: golden.tokenizer)
      let streamed = ids.map { stream.append($0) }.joined() + stream.finish()
      if !isSame(streamed, text) { wrong.append("streamed \(streamed.debugDescription)") }
    }
    #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(4))")
  }

  /// The compiled tables say the same.
  @Test(arguments: names) func tablesSayTheSame(name: String) throws {
    let scratch = try Scratch()
    let golden = try GoldenTokenizer("family-\(name)")
    let digest = FileDigest(bytes: 1, sha256: String(repeating: "ab", count: 32))
    try scratch.write(golden.tokenizer.compiled(madeFrom: digest), to: "tokenizer.bin")
    let opened = try Tokenizer(
      compiled: MappedFile(path: scratch("tokenizer.bin")), madeFrom: digest)
    #expect(try opened.isEquivalent(to: golden.tokenizer))
    for line in try Self.corpus().prefix(200) {
      #expect(opened.encode(line) == golden.tokenizer.encode(line))
    }
  }

  /// Merging or falling back that is quadratic in the text would not come back.
  @Test(arguments: names + unigrams) func aMegabyteEncodes(name: String) throws {
    let tokenizer = try GoldenTokenizer("family-\(name)").tokenizer
    for unit in ["a", " ", "\n", "漢", "the old man "] {
      let text = String(repeating: unit, count: 500_000 / unit.utf8.count)
      // Two pipelines take white space away.
      let isStripped = ["metaspace", "bert"].contains(name) && (unit == " " || unit == "\n")
      #expect(tokenizer.encode(text).isEmpty == isStripped)
    }
  }

  private static let refusals: [(from: String, to: String, location: String, found: String)] = [
    ("\"type\":\"NFC\"", "\"type\":\"ByteLevel\"", "normalizer.type", "ByteLevel"),
    (
      "\"type\":\"NFC\"", "\"type\":\"BertNormalizer\"", "normalizer",
      "no \"lowercase\""
    ),
    (
      "\"type\":\"NFC\"", "\"type\":\"Precompiled\",\"precompiled_charsmap\":\"AAA\"",
      "normalizer.precompiled_charsmap", "a text that is none"
    ),
    (
      "\"type\":\"NFC\"",
      "\"type\":\"Replace\",\"pattern\":{\"Regex\":\"(a\"},\"content\":\"\"",
      "normalizer.pattern.Regex", "at column"
    ),
    ("\"type\":\"BPE\"", "\"type\":\"WordLevel\"", "model.type", "WordLevel"),
    ("\"type\":\"BPE\"", "\"type\":\"WordPiece\"", "model.type", "WordPiece"),
    (
      "\"type\":\"ByteLevel\",\"add_prefix_space\":false", "\"type\":\"UnicodeScripts\"",
      "pre_tokenizer.pretokenizers[1].type", "UnicodeScripts"
    ),
  ]

  @Test(arguments: refusals.indices) func isRefusedByName(index: Int) throws {
    let refusal = Self.refusals[index]
    let file = "family-qwen2.tokenizer.json"
    let text = try GoldenTokenizer.node(file).value.text(pretty: false)
    #expect(text.contains(refusal.from))
    let changed = text.replacing(refusal.from, with: refusal.to)
    let error = #expect(throws: InputError.self) {
      try Tokenizer(JSONNode(.parse(Array(changed.utf8), file: file), file: file))
    }
    #expect(error?.location == refusal.location)
    #expect(error?.found.contains(refusal.found) == true)
  }

  private static let unigramRefusals: [(from: String, to: String, found: String)] = [
    ("\"unk_id\":0", "\"unk_id\":null", "unk_id"), ("\"unk_id\":0", "\"unk_id\":100000", "100000"),
    ("[\"<unk>\",0.0]", "[\"\",0.0]", "\"\""), ("[\"<unk>\",0.0]", "[\"<unk>\"]", "an array"),
    ("[\"<unk>\",0.0]", "[\"<unk>\",1e300]", "1e+300"),
    ("[\"<unk>\",0.0]", "[\"<s>\",0.0]", "twice"),
    ("\"byte_fallback\"", "\"suffix\"", "suffix"),
  ]

  @Test(arguments: unigramRefusals.indices) func anUnigramThatCannotBeIsRefused(index: Int) throws {
    let refusal = Self.unigramRefusals[index]
    let file = "family-unigram.tokenizer.json"
    let text = try GoldenTokenizer.node(file).value.text(pretty: false)
    #expect(text.contains(refusal.from))
    let changed = text.replacing(refusal.from, with: refusal.to)
    let error = #expect(throws: InputError.self) {
      try Tokenizer(JSONNode(.parse(Array(changed.utf8), file: file), file: file))
    }
    #expect(error?.found.contains(refusal.found) == true, "\(error.map { "\($0)" } ?? "")")
  }
}
