import CleaveStorage
import TestSupport
import Testing

/// Text that json-c lets pass, or that would cost more than it weighs.
@Suite struct JSONHostileTests {
  private func refusal(_ text: [UInt8]) -> InputError? {
    #expect(throws: InputError.self) { try JSON.parse(text, file: "t") }
  }

  /// Overlong, a surrogate, beyond Unicode, cut short: Swift would repair each to the same U+FFFD.
  @Test(arguments: [
    [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3],
    [0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
  ])
  func bytesThatAreNotUTF8(bytes: [UInt8]) {
    let text = Array("{\"".utf8) + bytes + Array("\":1}".utf8)
    #expect(refusal(text)?.found == "bytes that are not UTF-8")
  }

  /// Half a surrogate pair is read as U+FFFD: it may not hide a second name.
  @Test(arguments: [
    #"{"\ud800":1,"\udfff":2}"#, #"{"\ud800x":1,"\ufffdx":2}"#, #"{"\ud800\u0041":1,"\ufffdA":2}"#,
  ])
  func loneSurrogatesAreOneName(text: String) {
    #expect(refusal(Array(text.utf8))?.found.hasSuffix("twice in one object") == true)
  }

  /// A file's texts are names and settings, which U+FFFD would change.
  @Test(arguments: [#"["\ud83c"]"#, #"{"\udfff":1}"#, #"["\ud83cuddef"]"#])
  func halfACharacterInAFile(text: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write(text, to: "t.json")
    let error = #expect(throws: InputError.self) { try FileSystem.readJSON(path) }
    #expect(error?.found == "half of a surrogate pair as \\u escape")
  }

  @Test(arguments: [
    "[01]", "[+1]", "[1.]", "[.5]", "[1e]", "[--1]", "[0x1]", "[1 2]", "[NaN]", "[Infinity]",
    "[-Infinity]", "[TRUE]", "[None]", "[\"\t\"]", "[\"\\x41\"]", "[\"\\u12\"]", "{a:1}", "[1]]",
  ])
  func loosePunctuationAndNumbers(text: String) {
    _ = refusal(Array(text.utf8))
  }

  /// What is wrong is said in words of JSON, not of the parser.
  @Test(arguments: [
    ("{\"a\":", "the end of the text inside a value, at byte 5"),
    ("[1", "the end of the text inside a value, at byte 2"),
    ("nul!", "a word that is no value, at byte 3"), ("[1 2]", "no comma or ] after an element"),
    ("{a:1}", "no name in quotes for a member"), ("{\"a\" 1}", "no colon after a member's name"),
    ("{\"a\":1 \"b\":2}", "no comma or } after a member"),
    ("?", "a character that begins no value"),
    ("\"\\x\"", "a string with an escape or a character that JSON forbids"),
    (String(repeating: "[", count: 65), "more than 64 nested levels"),
  ])
  func faultsInWords(text: String, found: String) {
    let error = refusal(Array(text.utf8))
    #expect(error?.found.hasPrefix(found) == true, "\(error?.found ?? "")")
    #expect(error?.expected == "valid UTF-8 JSON")
  }

  @Test func millionsOfContainers() {
    let text = [UInt8](repeating: UInt8(ascii: "["), count: (1 << 21) + 1)
    #expect(refusal(text)?.found == "2097153 opening brackets in 2097153 bytes")
  }

  /// A megabyte of empty objects would be three hundred in memory; that of the shortest pairs of merges is read.
  @Test func containersForTheSizeOfTheText() throws {
    func list(_ element: String) -> [UInt8] {
      Array(("[" + String(repeating: element + ",", count: 1_000_000 / element.count) + "1]").utf8)
    }
    #expect(refusal(list("{}"))?.expected.hasPrefix("at most 506072, those of objects") == true)
    #expect(throws: Never.self) { try JSON.parse(list(#"["a","b"]"#), file: "t") }
  }

  /// A damaged text that is accepted is written and read back the same.
  @Test func damagedTextRoundTrips() throws {
    let valid = Array(
      #"{"a":[1,-2.5e3,true,null,"é\n\u0001\ud83d\ude00"],"b":{"c":{},"d":[[]]},"n":10000000000}"#
        .utf8)
    var mutator = Mutator(seed: 20)
    for round in 0..<4000 {
      do {
        let json = try JSON.parse(mutator.mutate(text: valid), file: "t")
        let text = json.text(pretty: false)
        let again = try JSON.parse(Array(text.utf8), file: "t").text(pretty: false)
        #expect(again == text, "round \(round)")
      } catch is InputError { continue }
    }
  }
}
