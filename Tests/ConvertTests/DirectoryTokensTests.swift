import CleaveConvert
import CleaveModel
import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// Compares the tokens that files beside a tokenizer state with transformers
/// (tools/golden/directory_tokens.py), and tests the refusals of files that contradict one another.
@Suite struct DirectoryTokensTests {
  private static let judged = try! JSONNode(
    .parse(Golden.bytes("directory-tokens.json"), file: "r"), file: "r")

  /// Imports a directory that holds the given files beside a tokenizer.
  private func imported(
    _ files: [(name: String, text: String)], tokenizer: String? = nil, vocabulary: Int = 336,
    settings: [String] = [], into scratch: Scratch
  ) throws -> Artifact {
    var directory = TinyDirectory()
    directory.vocabulary = vocabulary
    directory.settings = settings
    try directory.write(to: scratch)
    if let tokenizer, tokenizer.hasSuffix(".model") {
      try scratch.remove("source/tokenizer.json")
      try scratch.write(try Golden.bytes(tokenizer), to: "source/tokenizer.model")
    }
    for (name, text) in files { try scratch.write(text, to: "source/\(name)") }
    _ = try Importer(source: scratch("source"), target: scratch("out")).run()
    return try Artifact(opening: scratch("out"))
  }

  @Test(arguments: try! judged.required("cases").elements().indices)
  func areThoseOfTransformers(index: Int) throws {
    let scratch = try Scratch()
    let judged = try Self.judged.required("cases").elements()[index]
    let name = try judged.required("name").string()
    let artifact = try imported(
      try judged.required("files").members().map { ($0.name, $0.node.value.text()) },
      tokenizer: try judged.required("tokenizer").string(),
      vocabulary: try judged.required("vocabulary").int(), into: scratch)
    let tokenizer = try artifact.tokenizer()
    let texts = try Self.judged.required("texts").elements().map { try $0.string() }
    let ids = try judged.required("ids").elements().map { try $0.elements().map { try $0.int() } }
    let decoded = try judged.required("decoded").elements().map { try $0.string() }
    for (index, text) in texts.enumerated() {
      #expect(tokenizer.encode(text, addSpecialTokens: false) == ids[index], "\(name): \(text)")
      #expect(
        isSame(tokenizer.decode(ids[index], skipSpecialTokens: true), decoded[index]),
        "\(name): \(text)")
    }
  }

  @Test(arguments: [
    (
      "tokenizer_config.json", #"{"added_tokens_decoder": {"2": {"content": "<x>"}}}"#,
      "added_tokens_decoder.2", "the id 2 for \"<x>\"", "one content for each id"
    ),
    (
      "tokenizer_config.json", #"{"added_tokens_decoder": {"325": {"content": "<x>"}}}"#,
      "added_tokens_decoder.325", "the id 325 for \"<x>\"", "320, its id in the vocabulary"
    ),
    (
      "tokenizer_config.json",
      #"{"added_tokens_decoder": {"320": {"content": "<x>"}, "0320": {"content": "<y>"}}}"#,
      "added_tokens_decoder.0320", "the id 320 for \"<x>\" and for \"<y>\"",
      "one content for each id"
    ),
    (
      "tokenizer_config.json", #"{"added_tokens_decoder": {"x": {"content": "<x>"}}}"#,
      "added_tokens_decoder.x", "\"x\"", "an id as the member's name"
    ),
    (
      "tokenizer_config.json", #"{"added_tokens_decoder": {"320": {"special": true}}}"#,
      "added_tokens_decoder.320", "no \"content\"", "a member"
    ),
    ("tokenizer_config.json", #"{"pad_token": 3}"#, "pad_token", "3", "a token"),
    (
      "tokenizer_config.json", #"{"split_special_tokens": true}"#, "split_special_tokens", "true",
      "false: special tokens"
    ),
    ("added_tokens.json", #"{"<x>": 1}"#, "<x>", "the id 1 for \"<x>\"", "one content"),
    ("added_tokens.json", #"{"<x>": 322}"#, "<x>", "the id 322 for \"<x>\"", "320"),
    ("added_tokens.json", #"{"<x>": -1}"#, "<x>", "-1", "at least 0"),
    ("added_tokens.json", #"{"<x>": 320, "<y>": 320}"#, "<y>", "and for \"<y>\"", "one content"),
    ("added_tokens.json", #"[]"#, "", "an array", "an object"),
    (
      "special_tokens_map.json", #"{"bos_token": {"content": 3}}"#, "bos_token.content", "3",
      "a string"
    ),
  ])
  func contradictionsAreRefused(
    file: String, text: String, location: String, found: String, expected: String
  ) throws {
    let scratch = try Scratch()
    let error = #expect(throws: InputError.self) {
      try imported([(file, text)], vocabulary: 322, into: scratch)
    }
    #expect(error?.file == scratch("source/\(file)"))
    #expect(error?.location == location)
    #expect(error?.found.contains(found) == true, "\(error?.found ?? "")")
    #expect(error?.expected.contains(expected) == true, "\(error?.expected ?? "")")
  }

  /// Settings, the tokenizer's EOS and special tokens with known names end a text together.
  @Test(
    arguments: [
      ([], "{}", "{}", [0, 2]),
      ([#""eos_token_id": 5"#], "{}", "{}", [0, 2, 5]),
      ([#""eos_token_id": 5"#], #"{"eos_token_id": [7, 6]}"#, "{}", [0, 2, 6, 7]),
      ([], "{}", #"{"eos_token": "<x>"}"#, [0, 2, 320]),
      ([], "{}", #"{"eos_token": {"content": "a"}}"#, [0, 2, 67]),
      ([], "{}", #"{"extra_special_tokens": ["<|eot_id|>", "<end_of_turn>"]}"#, [0, 2, 320, 321]),
      (
        [], "{}",
        #"{"added_tokens_decoder": {"320": {"content": "<|eot_id|>", "special": false}}}"#, [0, 2]
      ),
    ] as [([String], String, String, [Int])])
  func endOfText(
    settings: [String], generation: String, tokenizer: String, expected: [Int]
  ) throws {
    let scratch = try Scratch()
    let artifact = try imported(
      [("generation_config.json", generation), ("tokenizer_config.json", tokenizer)],
      settings: settings, into: scratch)
    #expect(artifact.manifest.tokens.endOfText == expected)
  }
}

// MARK: - Spaces

extension DirectoryTokensTests {
  /// Where there is only a tokenizer.model, tokenizer_config.json says whether texts get a space, as for transformers'
  /// `LlamaTokenizer`.
  @Test(arguments: [
    (#"{"add_prefix_space": false}"#, false), (#"{"add_prefix_space": true}"#, true),
    (#"{"add_prefix_space": false, "legacy": false}"#, false), (#"{}"#, true),
    (#"{"split_special_tokens": false}"#, true),
  ])
  func aSpaceBeforeATextOfAModelFile(settings: String, isAdded: Bool) throws {
    let scratch = try Scratch()
    let artifact = try imported(
      [("tokenizer_config.json", settings)], tokenizer: "tokenizer/sentencepiece.model",
      vocabulary: 900, into: scratch)
    let tokenizer = try Tokenizer(try artifact.tokenizerJSON())
    let spelled = tokenizer.encode("the", addSpecialTokens: false).compactMap(tokenizer.token(of:))
    #expect(spelled.joined() == (isAdded ? "\u{2581}the" : "the"))
  }
}

// MARK: - Chat templates

extension DirectoryTokensTests {
  /// A template reads every token with a role by its name, as in transformers.
  @Test(arguments: try! judged.required("cases").elements().indices)
  func templatesReadTokensByName(index: Int) throws {
    let scratch = try Scratch()
    let judged = try Self.judged.required("cases").elements()[index]
    let expected = try judged.required("named").members().map {
      ($0.name, try $0.node.string())
    }
    let roles = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "mask_token"]
    let names = Set(roles + expected.map(\.0)).sorted()
    let template = names.map { "\($0)={{ \($0) }};" }.joined()
    let artifact = try imported(
      try judged.required("files").members().map { ($0.name, $0.node.value.text()) }
        + [("chat_template.jinja", template)],
      tokenizer: try judged.required("tokenizer").string(),
      vocabulary: try judged.required("vocabulary").int(), into: scratch)
    let made = try artifact.manifest.tokens.template(artifact.tokenizer())
    let text = try #require(made).render([], addGenerationPrompt: false)
    let values = Dictionary(uniqueKeysWithValues: expected)
    #expect(isSame(text, names.map { "\($0)=\(values[$0] ?? "");" }.joined()))
  }

  @Test(
    arguments: [
      ([("chat_template.jinja", "own")], "own"),
      (
        [("chat_template.jinja", "own"), ("tokenizer_config.json", #"{"chat_template": "t"}"#)],
        "own"
      ),
      ([("tokenizer_config.json", #"{"chat_template": "t"}"#)], "t"),
      (
        [
          (
            "tokenizer_config.json",
            #"{"chat_template": [{"name": "x", "template": "a"}, {"name": "default", "template": "b"}]}"#
          )
        ], "b"
      ),
      ([("chat_template.json", #"{"chat_template": "old"}"#)], "old"),
      (
        [
          ("chat_template.json", #"{"chat_template": "old"}"#),
          ("tokenizer_config.json", #"{"chat_template": "t"}"#),
        ], "t"
      ),
      ([("additional_chat_templates/default.jinja", "d"), ("chat_template.jinja", "own")], "d"),
      ([("additional_chat_templates/tool_use.jinja", "x"), ("chat_template.jinja", "own")], "own"),
    ] as [([(String, String)], String)])
  func templatesAreFoundWhereTheyMayBe(files: [(String, String)], expected: String) throws {
    let scratch = try Scratch()
    _ = try scratch.makeDirectory("source")
    _ = try scratch.makeDirectory("source/additional_chat_templates")
    let artifact = try imported(files.map { (name: $0.0, text: $0.1) }, into: scratch)
    #expect(artifact.manifest.tokens.chatTemplate == expected)
  }

  @Test func onlyOtherTemplates() throws {
    let scratch = try Scratch()
    _ = try scratch.makeDirectory("source")
    _ = try scratch.makeDirectory("source/additional_chat_templates")
    let error = #expect(throws: InputError.self) {
      try imported([("additional_chat_templates/tool_use.jinja", "x")], into: scratch)
    }
    #expect(error?.found == "tool_use.jinja and no template named \"default\"")
  }
}
