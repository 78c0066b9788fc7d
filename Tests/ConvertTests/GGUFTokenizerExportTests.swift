import CleaveConvert
import CleaveModel
import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// Writes a tokenizer.json as GGUF metadata and reads it back with the importer.
@Suite struct GGUFTokenizerExportTests {
  private static func golden(_ name: String) throws -> JSONObject {
    try GoldenTokenizer.node("\(name).tokenizer.json").object()
  }

  /// Llama 3's tokenizer without the added tokens that GGUF cannot express.
  private static func llama3() throws -> JSONObject {
    var object = try golden("llama3")
    guard case .array(let added)? = object["added_tokens"] else { return object }
    object["added_tokens"] = .array(
      added.map { token in
        guard case .object(var members) = token else { return token }
        for flag in ["lstrip", "rstrip", "single_word"] { members[flag] = false }
        return .object(members)
      })
    return object
  }

  private static func node(_ object: JSONObject) -> JSONNode {
    JSONNode(.object(object), file: "tokenizer.json")
  }

  private typealias Fields = [String: GGUFWriter.Value]

  private static func fields(
    _ object: JSONObject, tokens: SpecialTokens = SpecialTokens(endOfText: [0]),
    notes: inout [String]
  ) throws -> Fields {
    let size = try Tokenizer(node(object)).vocabularySize
    let export = try GGUFTokenizerExport(node(object), tokens: tokens, vocabularySize: size)
    return Dictionary(
      uniqueKeysWithValues: try export.metadata(&notes).map { ($0.key, $0.value) })
  }

  private static func fields(
    _ object: JSONObject, tokens: SpecialTokens = SpecialTokens(endOfText: [0])
  ) throws -> Fields {
    var notes: [String] = []
    return try fields(object, tokens: tokens, notes: &notes)
  }

  /// The vocabulary as the importer reads it.
  private static func vocabulary(_ fields: Fields) throws -> GGUFVocabulary {
    func strings(_ key: String) throws -> [String] {
      guard case .strings(let texts)? = fields["tokenizer.ggml.\(key)"] else { throw Missing() }
      return texts
    }
    guard case .string(let pre)? = fields["tokenizer.ggml.pre"],
      case .int32s(let types)? = fields["tokenizer.ggml.token_type"],
      case .bool(let addsBOS)? = fields["tokenizer.ggml.add_bos_token"],
      case .bool(let addsEOS)? = fields["tokenizer.ggml.add_eos_token"]
    else { throw Missing() }
    return GGUFVocabulary(
      file: "made", model: "gpt2", pre: pre, tokens: try strings("tokens"),
      types: types.map(Int.init), merges: try strings("merges"), bos: id("bos", fields),
      eos: id("eos", fields), addBOS: addsBOS, addEOS: addsEOS)
  }

  private struct Missing: Error {}

  private static func id(_ name: String, _ fields: Fields) -> Int? {
    guard case .uint32(let id)? = fields["tokenizer.ggml.\(name)_token_id"] else { return nil }
    return Int(id)
  }

  /// Compares 3,240 multilingual lines.
  @Test(arguments: ["gpt2", "smollm", "llama3"])
  func theIdsAreTheSameAfterThereAndBack(_ name: String) throws {
    let object = try name == "llama3" ? Self.llama3() : Self.golden(name)
    let again = try Tokenizer(
      Self.node(try Self.vocabulary(try Self.fields(object)).tokenizerJSON().objectOrEmpty))
    let original = try Tokenizer(Self.node(object))
    for text in try GoldenTokenizer.corpus() {
      #expect(again.encode(text) == original.encode(text), "\(text.prefix(60))")
    }
    #expect(
      (0..<original.vocabularySize).allSatisfy { original.isSpecial($0) == again.isSpecial($0) })
  }

  @Test(arguments: [("gpt2", "gpt-2"), ("smollm", "smollm"), ("llama3", "llama-bpe")])
  func thePreTokenizerIsKnownByWhatItDoes(name: String, pre: String) throws {
    let object = try name == "llama3" ? Self.llama3() : Self.golden(name)
    guard case .string(let found)? = try Self.fields(object)["tokenizer.ggml.pre"] else {
      throw Missing()
    }
    #expect(found == pre)
  }

  private func expectRefusal(
    _ text: String, _ name: String = "smollm",
    tokens: SpecialTokens = SpecialTokens(endOfText: [0]),
    _ change: (inout JSONObject) throws -> Void
  ) throws {
    var object = try name == "llama3" ? Self.llama3() : Self.golden(name)
    try change(&object)
    #expect {
      try Self.fields(object, tokens: tokens)
    } throws: {
      $0 is InputError && "\($0)".contains(text)
    }
  }

  private static func changeModel(
    _ object: inout JSONObject, _ change: (inout JSONObject) -> Void
  ) {
    guard case .object(var model)? = object["model"] else { return }
    change(&model)
    object["model"] = .object(model)
  }

  @Test func whatGGUFHasNoWordForIsRefused() throws {
    try expectRefusal("single_word: found true; expected false: GGUF cannot express it") {
      $0["added_tokens"] = try Self.golden("llama3")["added_tokens"].map {
        guard case .array(let tokens) = $0, case .object(var first) = tokens[0] else { return $0 }
        first["id"] = 0
        first["content"] = "<|endoftext|>"
        return [.object(first)]
      }
    }
    try expectRefusal(
      "pre_tokenizer: found a pre-tokenizer that GGUF cannot name; expected the pre-tokenizer of one of gpt-2"
    ) {
      $0["pre_tokenizer"] = try Self.golden("odd")["pre_tokenizer"]
    }
    try expectRefusal("expected ignore_merges false, as \"smollm\" has it") {
      Self.changeModel(&$0) { $0["ignore_merges"] = true }
    }
    try expectRefusal("expected every merge once") {
      Self.changeModel(&$0) {
        guard case .array(let merges)? = $0["merges"] else { return }
        $0["merges"] = .array(merges + merges.prefix(1))
      }
    }
    try expectRefusal("two tokens without spaces") {
      Self.changeModel(&$0) {
        guard case .object(var vocabulary)? = $0["vocab"] else { return }
        for (token, id) in [("a b", 4000), ("a bc", 4001)] as [(String, Int64)] {
          vocabulary[token] = .integer(id)
        }
        $0["vocab"] = .object(vocabulary)
        $0["merges"] = [["a b", "c"]]
      }
    }
  }

  private static func template(_ before: [String], _ ids: [String: Int64]) -> JSON {
    let pieces = before.map { token -> JSON in
      ["SpecialToken": ["id": .string(token), "type_id": 0]]
    }
    let explained = ids.sorted { $0.key < $1.key }.map { token, id in
      (
        name: token,
        value: ["id": .string(token), "ids": [.integer(id)], "tokens": [.string(token)]] as JSON
      )
    }
    return [
      "type": "TemplateProcessing",
      "single": .array(pieces + [["Sequence": ["id": "A", "type_id": 0]]]), "pair": [],
      "special_tokens": .object(JSONObject(explained)),
    ]
  }

  @Test func tokensAroundTexts() throws {
    try expectRefusal("2 tokens before a text and 0 after it; expected at most one") {
      $0["post_processor"] = Self.template(
        ["<|im_start|>", "<|endoftext|>"], ["<|im_start|>": 1, "<|endoftext|>": 0])
    }
    let other = SpecialTokens(beginOfText: 0, endOfText: [2])
    try expectRefusal("the token 1 before a text; expected 0, the manifest's", tokens: other) {
      $0["post_processor"] = Self.template(["<|im_start|>"], ["<|im_start|>": 1])
    }
    var object = try Self.golden("smollm")
    object["post_processor"] = Self.template(["<|im_start|>"], ["<|im_start|>": 1])
    #expect(Self.id("bos", try Self.fields(object)) == 1)
    #expect(Self.id("bos", try Self.fields(try Self.golden("smollm"))) == nil)
  }

  /// SmolLM's ids: 0 `<|endoftext|>`, 1 `<|im_start|>`, 2 `<|im_end|>`, all control tokens.
  @Test func tokensThatEndATextHaveAPlaceOrAName() throws {
    let object = try Self.golden("smollm")
    func ids(_ end: [Int]) throws -> [Int?] {
      let fields = try Self.fields(object, tokens: SpecialTokens(endOfText: end))
      return ["eos", "eot", "eom"].map { Self.id($0, fields) }
    }
    #expect(try ids([0, 2]) == [2, nil, nil])
    #expect(try ids([0]) == [0, nil, nil])
    #expect(try ids([0, 1, 2, 9]) == [2, 1, 9])
    #expect(try ids([7, 8, 9]) == [7, 8, 9])
    #expect(try ids([]) == [nil, nil, nil])
    try expectRefusal(
      "4 tokens; expected at most three", tokens: SpecialTokens(endOfText: [6, 7, 8, 9])
    ) {
      _ in
    }
  }

  @Test func whatHardlyMattersIsNoted() throws {
    var notes: [String] = []
    var object = try Self.golden("smollm")
    _ = try Self.fields(object, tokens: SpecialTokens(endOfText: []), notes: &notes)
    #expect(notes.count == 1 && notes[0].contains("no token that ends a text"))
    notes = []
    Self.changeModel(&object) { model in
      model["unk_token"] = "<|endoftext|>"
      guard case .object(var vocabulary)? = model["vocab"] else { return }
      // The token of the byte 0x04, which no merge uses.
      vocabulary["Ą"] = nil
      model["vocab"] = .object(vocabulary)
    }
    _ = try Self.fields(object, notes: &notes)
    #expect(notes.count == 1 && notes[0].contains("unknown token"))
  }
}

extension JSON {
  fileprivate var objectOrEmpty: JSONObject {
    if case .object(let object) = self { object } else { JSONObject() }
  }
}
