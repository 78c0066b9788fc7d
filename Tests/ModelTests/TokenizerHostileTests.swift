import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// Every construct that is not supported, and every file that cannot be right, is refused with the
/// place, what stands there and what is supported.
@Suite struct TokenizerHostileTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let change: @Sendable (inout JSON) -> Void
    let location: String
    let found: String
    let expected: String
    var testDescription: String { name }

    /// - Parameter path: member names to the value that becomes `value`; nil removes it.
    init(
      _ path: String, _ value: JSON?, location: String? = nil, found: String, expected: String
    ) {
      name = "\(path) \(found)"
      change = { $0.set(path.split(separator: ".").map(String.init)[...], value) }
      self.location = location ?? path
      self.found = found
      self.expected = expected
    }
  }

  /// A few steps that write one character as many would make gigabytes of a word.
  @Test func stepsThatMakeATextMuchLonger() throws {
    func replace(_ count: Int) -> JSON {
      [
        "type": "Replace", "pattern": ["String": "a"],
        "content": .string(String(repeating: "a", count: count)),
      ]
    }
    func refusal(_ path: String, _ value: JSON) -> InputError? {
      var json = Self.valid
      if path == "decoder" { json.set(["pre_tokenizer"], .null) }
      json.set([path], value)
      do {
        _ = try Tokenizer(JSONNode(json, file: "t.json"))
        return nil
      } catch { return error as? InputError }
    }
    func normalizer(_ steps: [JSON]) -> JSON {
      ["type": "Sequence", "normalizers": .array(steps)]
    }
    let expected = "steps that make a text at most 4096 times as long"
    let greedy = [[replace(64), replace(64)], [replace(64), ["type": "NFKD"], replace(3)]]
    for steps in greedy {
      #expect(refusal("normalizer", normalizer(steps))?.expected == expected)
    }
    #expect(refusal("normalizer", normalizer([replace(64), replace(32)])) == nil)
    let decoder: JSON = ["type": "Sequence", "decoders": [replace(64), replace(64)]]
    #expect(refusal("decoder", decoder)?.found == "replacements that can make it longer")
  }

  /// Many pieces times many names would be looked up one by one.
  @Test func aTemplateOfManyPiecesIsRefused() throws {
    var json = Self.valid
    let piece: JSON = ["SpecialToken": ["id": "x", "type_id": 0]]
    json.set(
      ["post_processor"],
      [
        "type": "TemplateProcessing", "single": .array(Array(repeating: piece, count: 100)),
        "special_tokens": ["x": ["id": "x", "ids": [], "tokens": []]],
      ])
    let error = #expect(throws: InputError.self) {
      try Tokenizer(JSONNode(json, file: "t.json"))
    }
    #expect(error?.location == "post_processor.single")
  }

  @Test func theUnchangedFileLoads() throws {
    let tokenizer = try Tokenizer(JSONNode(Self.valid, file: "t.json"))
    #expect(tokenizer.vocabularySize == 260)
    #expect(tokenizer.encode("aba <s>") == [258, 97, 32, 259])
  }

  @Test(arguments: constructs + vocabularies + tokens)
  func isRefused(hostile: Case) {
    var json = Self.valid
    hostile.change(&json)
    let error = #expect(throws: InputError.self) {
      try Tokenizer(JSONNode(json, file: "t.json"))
    }
    #expect(error?.file == "t.json")
    #expect(error?.location == hostile.location)
    #expect(error?.found.contains(hostile.found) == true, "\(error?.found ?? "")")
    #expect(error?.expected.contains(hostile.expected) == true, "\(error?.expected ?? "")")
  }

  /// White space that is stripped again for each token in it would take forever, and tokens inside
  /// what another has stripped must not trap.
  /// The ids are those of the tokenizers package, which panics where `a \n \n` would strip to the
  /// right.
  @Test(arguments: [
    (true, false, 200_000, [120, 259, 259, 260, 121]),
    (false, true, 200_000, [120, 259, 259, 121]),
    (true, true, 1, [120, 259, 121]),
  ])
  func tokensThatAreWhiteSpace(left: Bool, right: Bool, spaces: Int, ids: [Int]) throws {
    var space = Self.added(" ", 259)
    space.set(["lstrip"], .bool(left))
    space.set(["rstrip"], .bool(right))
    var newline = Self.added("\n", 260)
    newline.set(["lstrip"], true)
    var json = Self.valid
    json.set(["added_tokens"], [space, newline])
    let tokenizer = try Tokenizer(JSONNode(json, file: "t.json"))
    let run = tokenizer.encode(String(repeating: " ", count: 200_000))
    #expect(run.count == spaces && run.allSatisfy { $0 == 259 })
    #expect(tokenizer.encode("x  \ny") == ids)
    #expect(tokenizer.encode("a \n \n\n  b \n").first == 97)
  }

  /// Recursion must not follow a hostile file down.
  @Test func tooManySteps() {
    var json = Self.valid
    let digits: JSON = ["type": "Digits", "individual_digits": true]
    let steps = [JSON](repeating: digits, count: 100_000) + [Self.byteLevel]
    json.set(["pre_tokenizer"], ["type": "Sequence", "pretokenizers": .array(steps)])
    let error = #expect(throws: InputError.self) { try Tokenizer(JSONNode(json, file: "t.json")) }
    #expect(error?.expected == "at most 16 steps")
  }
}

// MARK: - Cases

extension TokenizerHostileTests {
  private static let constructs: [Case] = [
    Case("version", "2.0", found: "2.0", expected: "1.0"),
    Case("surprise", 1, location: "", found: "\"surprise\"", expected: "only version"),
    Case(
      "normalizer", ["type": "BytesToSpaces"], location: "normalizer.type",
      found: "BytesToSpaces", expected: "NFC, NFD, NFKC"),
    Case(
      "normalizer", ["type": "Sequence", "normalizers": [["type": "Other"]]],
      location: "normalizer.normalizers[0].type", found: "Other", expected: "or a Sequence of these"
    ),
    Case(
      "pre_tokenizer", ["type": "FixedLength"], location: "pre_tokenizer.type",
      found: "FixedLength", expected: "ByteLevel, Digits, Split"),
    Case(
      "pre_tokenizer", ["type": "CharDelimiterSplit", "delimiter": "ab"],
      location: "pre_tokenizer.delimiter", found: "ab", expected: "one character"),
    Case(
      "pre_tokenizer", ["type": "Punctuation", "behavior": "Joined"],
      location: "pre_tokenizer.behavior", found: "Joined", expected: "one of Removed, Isolated"),
    Case(
      "pre_tokenizer", ["type": "Sequence", "pretokenizers": [byteLevel, ["type": "Metaspace"]]],
      location: "pre_tokenizer.pretokenizers[1]", found: "Metaspace behind ByteLevel",
      expected: "steps that only cut"),
    Case(
      "pre_tokenizer",
      [
        "type": "Sequence",
        "pretokenizers": [
          ["type": "WhitespaceSplit"],
          ["type": "Metaspace", "replacement": "_", "prepend_scheme": "first"],
        ],
      ], location: "pre_tokenizer.pretokenizers[1]", found: "the prepend_scheme first",
      expected: "always or never"),
    Case(
      "pre_tokenizer", nil, location: "decoder.type", found: "ByteLevel",
      expected: "a Sequence of Replace"),
    Case(
      "pre_tokenizer", ["type": "Sequence", "pretokenizers": []], location: "decoder.type",
      found: "ByteLevel",
      expected: "a Sequence of Replace"),
    Case(
      "pre_tokenizer", ["type": "Sequence", "pretokenizers": [byteLevel, byteLevel]],
      location: "pre_tokenizer.pretokenizers[1]", found: "ByteLevel behind ByteLevel",
      expected: "steps that only cut"),
    Case(
      "pre_tokenizer.trim", true, location: "pre_tokenizer", found: "\"trim\"",
      expected: "only type"),
    Case(
      "pre_tokenizer", split("\\w+\\K", "Isolated", false), location: "pre_tokenizer.pattern.Regex",
      found: "at column 4 \\K", expected: "an escape that is known"),
    Case(
      "pre_tokenizer", split("\\w+", "Joined", false), location: "pre_tokenizer.behavior",
      found: "Joined", expected: "one of Removed, Isolated"),
    Case(
      "post_processor", ["type": "BertProcessing"], location: "post_processor.type",
      found: "BertProcessing", expected: "TemplateProcessing"),
    Case(
      "post_processor", template([["SpecialToken": ["id": "<s>", "type_id": 0]]], ids: [259]),
      location: "post_processor.single", found: "none", expected: "the sequence A once"),
    Case(
      "post_processor", template([["SpecialToken": ["id": "<s>"]]], ids: [259]),
      location: "post_processor.single[0].SpecialToken", found: "no \"type_id\"", expected: "a"),
    Case(
      "post_processor", template([["Sequence": ["id": "A"]]], ids: [259]),
      location: "post_processor.single[0].Sequence", found: "no \"type_id\"", expected: "a"),
    Case(
      "post_processor", template([["Sequence": ["id": "B", "type_id": 0]]], ids: [259]),
      location: "post_processor.single[0].Sequence.id", found: "B", expected: "the sequence A once"),
    Case(
      "post_processor", template([["SpecialToken": ["id": "<x>", "type_id": 0]]], ids: [259]),
      location: "post_processor.single[0].SpecialToken.id", found: "<x>", expected: "special_tokens"
    ),
    Case(
      "post_processor",
      template([["SpecialToken": ["id": "<s>", "type_id": 0]]], ids: [1_000_000]),
      location: "post_processor.special_tokens.<s>.ids[0]", found: "1000000", expected: "a token"),
    Case(
      "decoder", ["type": "Metaspace"], location: "decoder.type", found: "Metaspace",
      expected: "ByteLevel"),
    Case("model.type", "WordPiece", found: "WordPiece", expected: "BPE"),
    Case("model.dropout", 0.1, found: "0.1", expected: "null"),
    Case("model.continuing_subword_prefix", "##", found: "##", expected: "null or an empty"),
    Case("model.end_of_word_suffix", "</w>", found: "</w>", expected: "null or an empty"),
    Case("model.byte_fallback", true, found: "true", expected: "false"),
    Case("model.fuse_unk", true, found: "true", expected: "false"),
    Case("model.unk_token", "<unk>", found: "<unk>", expected: "vocabulary"),
    Case("model.scores", [], location: "model", found: "\"scores\"", expected: "only type"),
  ]

  private static let vocabularies: [Case] = [
    Case("model.vocab", [], found: "an array", expected: "an object"),
    Case("model.vocab.a", -1, location: "model.vocab", found: "-1", expected: "from 0"),
    Case(
      "model.vocab.a", 1_000_000, location: "model.vocab", found: "1000000", expected: "not far"),
    Case(
      "model.vocab.a", .integer(.max), location: "model.vocab", found: "9223372036854775807",
      expected: "from 0"),
    Case("model.vocab.a", 1.5, location: "model.vocab", found: "1.5", expected: "a token id"),
    Case("model.vocab.a", "1", location: "model.vocab", found: "\"1\"", expected: "a token id"),
    Case(
      "model.vocab.a", 98, location: "model.vocab", found: "the id 98 for \"b\" and for \"a\"",
      expected: "every id once"),
    Case("model.merges", ["a"], location: "model.merges[0]", found: "a string", expected: "two"),
    Case(
      "model.merges", ["a b c"], location: "model.merges[0]", found: "a string", expected: "two"),
    Case("model.merges", [["a"]], location: "model.merges[0]", found: "an array", expected: "two"),
    Case(
      "model.merges", [["a", 1]], location: "model.merges[0]", found: "an array", expected: "two"),
    Case(
      "model.merges", ["a b", "a zz"], location: "model.merges[1]", found: "the token \"zz\"",
      expected: "tokens of the model's vocabulary"),
    Case(
      "model.merges", ["b a"], location: "model.merges[0]", found: "the token \"ba\"",
      expected: "tokens of the model's vocabulary"),
    Case(
      "model.merges", ["< s"], location: "model.merges[0]", found: "the token \"<s\"",
      expected: "vocabulary"),
    Case("model.merges", nil, location: "model", found: "no \"merges\"", expected: "a member"),
  ]

  private static let tokens: [Case] = [
    Case(
      "added_tokens", [added("", 259)], location: "added_tokens[0].content", found: "\"\"",
      expected: "1 to"),
    Case(
      "added_tokens", [added(String(repeating: "a", count: 513), 259)],
      location: "added_tokens[0].content", found: "aaa", expected: "512 bytes"),
    Case(
      "added_tokens", [added("ab", 259)], location: "added_tokens[0].id", found: "259",
      expected: "258, the id in the vocabulary, for \"ab\""),
    Case(
      "added_tokens", [added("<s>", 97)], location: "added_tokens[0].id",
      found: "97", expected: "259, the next id after the model's tokens, for \"<s>\""),
    Case(
      "added_tokens", [added("<s>", 259), added("<t>", 261)], location: "added_tokens[1].id",
      found: "261", expected: "260, the next"),
    Case(
      "added_tokens", [added("<s>", 259), added("<s>", 259)], location: "added_tokens[1]",
      found: "259 again", expected: "once"),
    Case(
      "added_tokens", [added("<s>", 1 << 40)], location: "added_tokens[0].id",
      found: "1099511627776",
      expected: "259, the next"),
    Case(
      "added_tokens", [["id": 259]], location: "added_tokens[0]", found: "no \"content\"",
      expected: "a"),
  ]
}

// MARK: - A small valid file

extension TokenizerHostileTests {
  private static let byteLevel: JSON = ["type": "ByteLevel", "add_prefix_space": false]

  /// 256 bytes (`a` is 97), two unused, `ab`, and `<s>` added.
  private static let valid: JSON = {
    var vocabulary = byteAlphabet.enumerated().map { (name: $1, value: JSON.integer(Int64($0))) }
    vocabulary += [("<x1>", 256), ("<x2>", 257), ("ab", 258)]
    return [
      "version": "1.0", "added_tokens": [added("<s>", 259)], "normalizer": .null,
      "pre_tokenizer": byteLevel, "post_processor": .null, "decoder": ["type": "ByteLevel"],
      "model": [
        "type": "BPE", "vocab": .object(JSONObject(vocabulary)), "merges": ["a b"],
      ],
    ]
  }()

  private static func added(_ content: String, _ id: Int64) -> JSON {
    [
      "id": .integer(id), "content": .string(content), "single_word": false, "lstrip": false,
      "rstrip": false, "normalized": false, "special": true,
    ]
  }

  private static func split(_ regex: String, _ behavior: String, _ invert: Bool) -> JSON {
    [
      "type": "Split", "pattern": ["Regex": .string(regex)], "behavior": .string(behavior),
      "invert": .bool(invert),
    ]
  }

  private static func template(_ single: JSON, ids: JSON) -> JSON {
    [
      "type": "TemplateProcessing", "single": single, "pair": [],
      "special_tokens": ["<s>": ["id": "<s>", "ids": ids, "tokens": ["<s>"]]],
    ]
  }
}

extension JSON {
  /// Sets the member that `path` leads to.
  fileprivate mutating func set(_ path: ArraySlice<String>, _ value: JSON?) {
    guard case .object(var object) = self, let name = path.first else { return }
    if path.count == 1 {
      object[name] = value
    } else if var member = object[name] {
      member.set(path.dropFirst(), value)
      object[name] = member
    }
    self = .object(object)
  }
}
