import CleaveStorage
import Testing

@Suite struct JSONTests {
  private func parse(_ text: String) throws -> JSON { try JSON.parse(Array(text.utf8), file: "t") }

  @Test func writesWhatItReads() throws {
    let text = #"{"b":[1,-2,0.1,true,null,"é\n\u0001"],"a":{"":""}}"#
    #expect(try parse(text).text(pretty: false) == text)
  }

  /// json-c waits for more behind a number that nothing ends.
  @Test(arguments: ["0", "-12", "0.5", "1e3", "-1.5E-7", "true", "false", "null", #""a""#])
  func oneValueAlone(_ text: String) throws {
    for padded in [text, " \(text)", "\(text)\n"] {
      let value = try parse(padded)
      #expect(try parse(value.text(pretty: false)).text() == value.text())
    }
    #expect(throws: InputError.self) { try parse("\(text) \(text)") }
  }

  @Test(arguments: ["-", "1.", "1e", "1e+", "tru", "nul", "\"a"])
  func aValueThatIsCutShort(_ text: String) {
    #expect(throws: InputError.self) { try parse(text) }
  }

  @Test(arguments: [
    #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #"{"x":[{"k":1,"k":1}]}"#,
    #"{"\ud83d\ude00":1,"😀":2}"#,
  ])
  func refusesDuplicateNames(_ text: String) {
    #expect { try parse(text) } throws: { "\($0)".contains("twice in one object") }
  }

  /// A few names, many, and those before and after an object inside; each also as an escape.
  @Test(arguments: [2, 15, 16, 17, 18, 100], [0, 1])
  func refusesTheSameNameFarAway(count: Int, first: Int) throws {
    func object(_ last: String) -> String {
      let names = (0..<count).map { "\"n\($0)\":\($0 == 0 ? "{\"n1\":1,\"z\":[{}]}" : "1")" }
      return "{" + names.joined(separator: ",") + ",\(last):1}"
    }
    #expect(try parse(object("\"z\"")).kind == "an object")
    for name in ["\"n\(first)\"", "\"\\u006e\(first)\""] {
      #expect { try parse(object(name)) } throws: { "\($0)".contains("\"n\(first)\" twice") }
    }
  }

  /// Names that Unicode calls equivalent are still two names.
  @Test func keepsEquivalentNamesApart() throws {
    let node = JSONNode(try parse("{\"\u{e9}\":1,\"e\u{301}\":2}"), file: "t")
    #expect(try node.required("\u{e9}").int() == 1)
    #expect(try node.required("e\u{301}").int() == 2)
  }

  @Test(arguments: [
    "", "{", "{\"a\":}", "[1,]", "{'a':1}", "{\"a\":1} x", "{\"a\":1}\u{0}{}", "nul",
    "{\"a\":1/*c*/}", "{\"a\\u0000b\":1}", String(repeating: "[", count: 100_000),
  ])
  func refusesMalformedText(_ text: String) {
    #expect(throws: InputError.self) { try parse(text) }
  }

  @Test func refusesInvalidUTF8() {
    #expect(throws: InputError.self) { try JSON.parse([0x22, 0xFF, 0x22], file: "t") }
  }

  @Test func readsNumbersBeyondInt64AsReals() throws {
    let node = JSONNode(try parse("{\"n\":1000000000000000019884624838656}"), file: "t")
    #expect(throws: InputError.self) { try node.required("n").int() }
  }

  /// json-c 0.16 makes U+FFFD of this pair; the character itself is read right.
  @Test func refusesEscapesThatTheLibraryReadsWrong() throws {
    #expect { try parse(#"["\ud837\ude48"]"#) } throws: { "\($0)".contains("U+1DE48") }
    #expect(try parse("[\"\u{1DE48}\"]").text(pretty: false) == "[\"\u{1DE48}\"]")
    #expect(try parse(#"["\ud83d\ude00"]"#).text(pretty: false) == "[\"😀\"]")
  }
}
