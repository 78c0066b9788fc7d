import CleavePrompts
import CleaveStorage
import CleaveTrain
import TestSupport
import Testing

/// What a person may write after `--prompts` and `--exclude`.
@Suite struct PromptSourceTests {
  @Test func everyPartIsRead() throws {
    let bare = try PromptSource(parsing: "a b.jsonl:question")
    #expect(bare.source == FieldSource(path: "a b.jsonl", field: "question"))
    #expect(bare.count == nil && bare.format("x") == "x")
    let all = try PromptSource(parsing: #"d/x.jsonl:doc#12:Sum: up\n\n{doc}\t\\n{other}"#)
    #expect(all.source == FieldSource(path: "d/x.jsonl", field: "doc"))
    #expect(all.count == 12)
    #expect(all.format("{doc}") == "Sum: up\n\n{doc}\t\\n{other}")
  }

  /// The longest name of a file that is there wins; without one the path ends at the first colon.
  @Test func namesWithColons() throws {
    let scratch = try Scratch()
    try scratch.write("", to: "a")
    try scratch.write("", to: "a:b")
    _ = try scratch.makeDirectory("a:b:c")
    func source(_ text: String) throws -> FieldSource {
      try PromptSource(parsing: scratch(text)).source
    }
    #expect(try source("a:x") == FieldSource(path: scratch("a"), field: "x"))
    #expect(try source("a:b:c:{c}") == FieldSource(path: scratch("a:b"), field: "c"))
    #expect(try source("n:b:x {b}") == FieldSource(path: scratch("n"), field: "b"))
    #expect(
      try FieldSource(parsing: scratch("a:b:x")) == FieldSource(path: scratch("a:b"), field: "x"))
    #expect(try PromptSource(parsing: "-:q").source == FieldSource(path: "-", field: "q"))
  }

  @Test(arguments: [
    "", "file", "file:", ":field", "f:a#", "f:a#0", "f:a#-1", "f:a#x", "f:#3",
    "f:a:no hole", "f:a:{a} and {a}", "f:a:{b}", "f:a:", #"f:a:{a}\"#, #"f:a:\x{a}"#,
  ])
  func whatIsNoPromptSourceIsRefused(_ text: String) {
    #expect(throws: InputError.self) { try PromptSource(parsing: text) }
  }

  @Test(arguments: ["", "file", "file:", ":field", "a:b:c"])
  func whatIsNoFieldSourceIsRefused(_ text: String) {
    #expect(throws: InputError.self) { try FieldSource(parsing: text) }
  }

  /// The judge is Python: hashlib.sha256(text.strip().encode()).
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      " \u{1C}\u{1F}\u{85}\u{3000}abc\u{A0}\u{2028}\r\n",
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    ),
    ("\u{200B}abc", "536176f28f3ebe9026afd26221defa1b2a7a3d715a85cc49081b407b293e30ff"),
    ("e\u{301} a", "2d7be3ff70a91d7a0ad0a2e2b854d61e93d2a253ee84531729e4b260767da12a"),
  ])
  func digestsAreThoseOfPython(_ text: String, _ digest: String) {
    #expect(ContentDigest(of: text).sha256 == digest)
  }
}
