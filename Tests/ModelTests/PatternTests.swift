import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// Regular expressions that split texts, against the tokenizers package (tools/golden/tokenizer_patterns.py).
@Suite struct PatternTests {
  private static func golden() throws -> JSONNode { try GoldenTokenizer.node("patterns.json") }

  /// A tokenizer that only splits.
  private static func tokenizer(_ steps: [JSON]) throws -> Tokenizer {
    let json: JSON = [
      "model": ["type": "BPE", "vocab": [:], "merges": []],
      "decoder": ["type": "ByteLevel"],
      "pre_tokenizer": [
        "type": "Sequence",
        "pretokenizers": .array(
          steps + [
            [
              "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
              "use_regex": false,
            ]
          ]),
      ],
    ]
    return try Tokenizer(JSONNode(json, file: "made"))
  }

  private static func split(
    _ regex: String, _ behavior: String = "Isolated", kind: String = "Regex"
  ) -> JSON {
    [
      "type": "Split", "pattern": [kind: .string(regex)], "behavior": .string(behavior),
      "invert": false,
    ]
  }

  private static let ruleCount = 56

  @Test(arguments: 0..<ruleCount) func splitsAsTheTokenizersPackage(number: Int) throws {
    let golden = try Self.golden()
    let rules = try golden.required("rules").elements()
    try #require(rules.count == Self.ruleCount)
    let rule = rules[number]
    var texts =
      try GoldenTokenizer.corpus()
      + golden.required("texts").elements().map { try $0.string() }
    if try rule.required("names").elements().isEmpty {
      texts = stride(from: 0, to: texts.count, by: 8).map { texts[$0] }
    }
    let tokenizer = try Self.tokenizer(rule.required("steps").elements().map(\.value))
    let pieces = texts.map(tokenizer.preTokenized)
    let expected = try rule.required("digests").elements().map { try $0.string() }
    let starts = stride(from: 0, to: texts.count, by: 30)
    let digests = starts.map { PieceDigest.of(pieces[$0..<min($0 + 30, pieces.count)]) }
    #expect(digests.count == expected.count)
    let wrong = digests.indices.filter { digests[$0] != expected[$0] }
    #expect(wrong.isEmpty, "of \(digests.count) parts \(wrong.prefix(5)) differ")
  }

  /// What is refused must be a few of them.
  @Test func smallExpressionsMatchAsOnigurumas() throws {
    var refused = 0
    let all = try Self.golden().required("expressions").elements()
    for entry in all {
      let parts = try entry.elements()
      let expression = try parts[0].string()
      guard let tokenizer = try? Self.tokenizer([Self.split(expression)]) else {
        refused += 1
        continue
      }
      let lengths = try GoldenTokenizer.lists(parts[1])
      for (expected, text) in zip(lengths, try parts[2].elements().map({ try $0.string() })) {
        let pieces = tokenizer.preTokenized(text)
        #expect(pieces.map(\.utf8.count) == expected, "\(expression) in \(text.debugDescription)")
      }
    }
    #expect(all.count == 500 && refused < 120, "\(refused) refused")
  }

  static let refusals: [(String, String)] = [
    ("(a)\\1", "column 4 \\1"), ("\\p{Nonsense}", "column 1 \\p{Nonsense}"), ("ab(", "column 3"),
    ("a)", "column 2 \")\""), ("[a", "column 1 a set without end"), ("*a", "after nothing"),
    ("(?s).", "the flag \"s\""), ("a**", "a repeat of a repeat"), ("(?:a|)*", "can be empty"),
    ("(?<=a+)b", "without a fixed width"), ("\\Ka", "\\K"), ("a{2,1}", "at least more"),
    ("a{1001}", "more than 1000"), ("(?i:ss)", "another number of letters"), ("[\\w-x]", "a range"),
    ("(?i:[ß])", "several letters"), ("[b-a]", "without an end"), ("\\x{110000}", "the number"),
    ("(?(1)a)", "\"(?(\""), ("\\X", "\\X"), ("\\", "a backslash"), ("[[:nope:]]", "[:nope"),
    ("^*", "a repeat of a place"), ("(?#a", "a comment"), ("(?<n", "a group's name"),
    ("\\pL", "without a brace"), ("\\xff", "no ASCII"), ("[a&&]", "an empty set"),
    ("(?:(?:a{1000}){1000}){1000}", "steps"), ("(?:a?b?){600}", "places with a choice"),
    (String(repeating: "(", count: 40), "inside one another"),
    (String(repeating: "[", count: 40) + "a", "inside one another"),
    (String(repeating: "a", count: 20_000), "20000 characters"),
  ]

  @Test(arguments: refusals.indices) func isRefusedByNameAndColumn(index: Int) throws {
    let (expression, found) = Self.refusals[index]
    let error = #expect(throws: InputError.self) {
      try Self.tokenizer([Self.split(expression)])
    }
    #expect(error?.location == "pre_tokenizer.pretokenizers[0].pattern.Regex")
    #expect(error?.found.contains(found) == true, "\(error?.found ?? "")")
    #expect(error?.found.contains("column") == true)
  }

  /// A thousand times nothing, nested, is nothing.
  @Test func repeatsOfNothingTakeNoTime() throws {
    let nested = (0..<12).reduce("") { group, _ in "(?:\(group)){1000}" }
    let tokenizer = try Self.tokenizer([Self.split(nested + "a")])
    let plain = try Self.tokenizer([Self.split("a")])
    #expect(tokenizer.encode("banana") == plain.encode("banana"))
  }

  @Test func behaviorsAreRefusedByName() throws {
    let error = #expect(throws: InputError.self) {
      try Self.tokenizer([Self.split("a", "Nothing")])
    }
    #expect(error?.found.contains("Nothing") == true)
    #expect(throws: InputError.self) { try Self.tokenizer([Self.split("", kind: "String")]) }
  }

  /// Matching that is quadratic in the text would not come back.
  @Test(arguments: [
    "(?:(?:\\s*\\w)+x|(?>\\s+a+)+b|.)", "a++b|(?:a|aa)+c|(?=.*x)a|(?<!aa).",
    "\\d{1,3}(?=(?:\\d{3})*\\b)", "(?=(\\d{3})+(?!\\d))", "(?:a+)+$|\\s+(?!\\S)|(?:a|b|ab)*?c",
  ]) func takesTimeInProportionToTheText(expression: String) throws {
    let tokenizer = try Self.tokenizer([Self.split(expression)])
    for unit in [" ", "A", "a", "a\u{301}", "'", "1", "\n  ", "a ", "漢"] {
      let text = String(repeating: unit, count: 60_000 / unit.utf8.count)
      #expect(!tokenizer.preTokenized(text).isEmpty)
    }
  }
}
