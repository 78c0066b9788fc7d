import CleaveConvert
import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// A GGUF vocabulary becomes the tokenizer.json that the tokenizers package would have written. The
/// metadata is made from the golden files: their tokens by id and their merges as text.
@Suite struct TokenizerGGUFVocabularyTests {
  @Test func smollmIsWhatTheTokenizersPackageWrote() throws {
    let made = try vocabulary("smollm", pre: "smollm").tokenizerJSON()
    let golden = try GoldenTokenizer.node("smollm.tokenizer.json").value
    // Compared as text, so that the order of members counts.
    #expect(isSame(made.text(pretty: false), golden.text(pretty: false)))
  }

  @Test(arguments: [("gpt2", "gpt-2"), ("smollm", "smollm")])
  func encodesLikeTheOriginal(name: String, pre: String) throws {
    let golden = try GoldenTokenizer(name)
    let made = try vocabulary(name, pre: pre).tokenizerJSON()
    let tokenizer = try Tokenizer(JSONNode(made, file: "made"))
    let corpus = try GoldenTokenizer.corpus()
    #expect(corpus.indices.allSatisfy { tokenizer.encode(corpus[$0]) == golden.ids[$0] })
  }

  @Test(arguments: ["llama-bpe", "llama3", "llama-v3"])
  func llama3PutsItsBeginningFirst(pre: String) throws {
    var vocabulary = try vocabulary("llama3", pre: pre)
    let begin = try #require(vocabulary.bos)
    let golden = try GoldenTokenizer("llama3").tokenizer
    let text = "Hello, it's 12345 biblioteca\n \n family   \r\n x"
    let tokenizer = try Tokenizer(JSONNode(vocabulary.tokenizerJSON(), file: "made"))
    #expect(tokenizer.encode(text).first == begin)
    #expect(tokenizer.encode(text) == golden.encode(text))
    vocabulary.addBOS = false
    vocabulary.addEOS = true
    vocabulary.eos = begin
    let ending = try Tokenizer(JSONNode(vocabulary.tokenizerJSON(), file: "made"))
    #expect(ending.encode(text) == ending.encode(text, addSpecialTokens: false) + [begin])
    vocabulary.addEOS = nil
    let plain = try Tokenizer(JSONNode(vocabulary.tokenizerJSON(), file: "made"))
    #expect(plain.encode(text) == plain.encode(text, addSpecialTokens: false))
  }

  /// The rules of patterns.json by the names of them that GGUF files have.
  private static let rules = try! Dictionary(
    uniqueKeysWithValues: GoldenTokenizer.node("patterns.json").required("rules").elements()
      .flatMap { rule in
        try rule.required("names").elements().map { (try $0.string(), rule) }
      })

  /// Every name splits texts as the expressions that the tokenizers package was given.
  @Test(arguments: rules.keys.sorted()) func aNameSplitsAsItsExpressions(name: String) throws {
    let texts = try GoldenTokenizer.node("patterns.json").required("texts").elements().prefix(90)
      .map { try $0.string() }
    let digests = try #require(Self.rules[name]).required("digests").elements()
    let expected = try digests.suffix(16).prefix(3).map { try $0.string() }
    let small = GGUFVocabulary(
      file: "small.gguf", model: "gpt2", pre: name, tokens: ["a"], types: nil, merges: [],
      addBOS: false)
    guard case .object(var json) = try small.tokenizerJSON() else {
      Issue.record("no object")
      return
    }
    json["normalizer"] = .null
    let tokenizer = try Tokenizer(JSONNode(.object(json), file: "made"))
    let pieces = texts.map(tokenizer.preTokenized)
    #expect((0..<3).map { PieceDigest.of(pieces[30 * $0..<30 * $0 + 30]) } == expected)
  }

  @Test func eachNameHasARule() { #expect(Self.rules.count == 83) }

  @Test func namesSayWhatBeginsTextsAndWhatIsMerged() throws {
    for (name, ignores, begins) in [
      ("tekken", true, true), ("falcon3", true, true), ("dbrx", false, false),
      ("chameleon", false, true), ("youtu", true, false), ("gpt-4o", false, false),
    ] {
      var vocabulary = try vocabulary("gpt2", pre: name)
      vocabulary.bos = 0
      let node = try JSONNode(vocabulary.tokenizerJSON(), file: "made")
      #expect(try node.required("model").required("ignore_merges").bool() == ignores, "\(name)")
      #expect(try Tokenizer(node).encode("a").first == (begins ? 0 : Tokenizer(node).id(of: "a")))
    }
  }

  @Test func refusals() throws {
    let good = try vocabulary("smollm", pre: "smollm")
    expect(good, "model", "\"llama\"", "gpt2") { $0.model = "llama" }
    expect(good, "pre", "\"falcon9\"", "\"gpt-2\", \"smollm\"") { $0.pre = "falcon9" }
    expect(good, "pre", "\"afmoe\", which is not supported", "another") { $0.pre = "afmoe" }
    expect(good, "pre", "nothing", "\"smollm\"") { $0.pre = nil }
    expect(good, "token_type", "1 types", "one a token") { $0.types = [1] }
    expect(good, "token_type[1]", "6", "1 normal") { $0.types?[1] = 6 }
    expect(good, "tokens[7]", "\"!\" again", "every token once") { $0.tokens[7] = $0.tokens[3] }
    expect(good, "tokens[5]", "NUL", "without NUL") { $0.tokens[5] = "a\0b" }
    expect(good, "merges[0]", "\"ab\"", "two tokens") { $0.merges[0] = "ab" }
    expect(good, "bos_token_id", "nothing", "below") { ($0.addBOS, $0.bos) = (true, nil) }
    expect(good, "eos_token_id", "-1", "below") { ($0.addEOS, $0.eos) = (true, -1) }
  }

  private func expect(
    _ vocabulary: GGUFVocabulary, _ key: String, _ found: String, _ expected: String,
    _ change: (inout GGUFVocabulary) -> Void
  ) {
    var changed = vocabulary
    change(&changed)
    let error = #expect(throws: InputError.self) { try changed.tokenizerJSON() }
    #expect(error?.file == "small.gguf" && error?.location == "tokenizer.ggml.\(key)")
    #expect(error?.found.contains(found) == true, "\(error?.found ?? "")")
    #expect(error?.expected.contains(expected) == true, "\(error?.expected ?? "")")
  }

  private func vocabulary(_ name: String, pre: String) throws -> GGUFVocabulary {
    let root = try GoldenTokenizer.node("\(name).tokenizer.json")
    let tokenizer = try Tokenizer(root)
    let tokens = try (0..<tokenizer.vocabularySize).map { try #require(tokenizer.token(of: $0)) }
    let merges = try root.required("model").required("merges").elements().map {
      try $0.elements().map { try $0.string() }.joined(separator: " ")
    }
    var types = [Int](repeating: 1, count: tokens.count)
    for added in try root.required("added_tokens").elements() where name != "llama3" {
      types[try added.required("id").int()] = try added.required("special").bool() ? 3 : 4
    }
    return GGUFVocabulary(
      file: "small.gguf", model: "gpt2", pre: pre, tokens: tokens, types: types, merges: merges,
      bos: tokenizer.id(of: "<|begin_of_text|>"))
  }
}
