import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// Every offset and id of a `tokenizer.bin` that a lookup would follow is refused where it leads
/// outside, by its place.
@Suite struct TokenizerTablesHostileTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let location: String
    let found: String
    let expected: String
    let change: @Sendable (TablesFile) -> [UInt8]
    var testDescription: String { "\(location): \(found)" }

    init(
      _ location: String, found: String, expected: String,
      _ change: @escaping @Sendable (inout TablesFile) -> Void
    ) {
      self.init(location, found: found, expected: expected) { file in
        var file = file
        change(&file)
        return file.bytes
      }
    }

    init(
      _ location: String, found: String, expected: String,
      bytes change: @escaping @Sendable (TablesFile) -> [UInt8]
    ) {
      (self.location, self.found, self.expected, self.change) = (location, found, expected, change)
    }

    /// With other settings.
    init(_ location: String, found: String, expected: String, _ old: String, _ new: String) {
      self.init(
        location, found: found, expected: expected,
        bytes: { file in
          file.withSettings { $0.replacing(old, with: new) }
        })
    }
  }

  private static let source = FileDigest(of: Array("some tokenizer.json".utf8))

  @Test(arguments: header + tables + settings)
  func isRefused(hostile: Case) throws {
    let scratch = try Scratch()
    let valid = try TablesFile(
      GoldenTokenizer("odd").tokenizer.compiled(madeFrom: Self.source))
    let path = try scratch.write(hostile.change(valid), to: "tokenizer.bin")
    let error = #expect(throws: InputError.self) {
      try Tokenizer(compiled: MappedFile(path: path), madeFrom: Self.source)
    }
    #expect(error?.file == path)
    #expect(error?.location == hostile.location)
    // Foundation's contains, which a module that is linked may bring, finds no empty text.
    if !hostile.found.isEmpty {
      #expect(error?.found.contains(hostile.found) == true, "\(error?.found ?? "")")
    }
    #expect(error?.expected.contains(hostile.expected) == true, "\(error?.expected ?? "")")
  }

  @Test func theUnchangedFileOpens() throws {
    let scratch = try Scratch()
    let bytes = try GoldenTokenizer("odd").tokenizer.compiled(madeFrom: Self.source)
    let file = try MappedFile(path: scratch.write(bytes, to: "tokenizer.bin"))
    _ = try Tokenizer(compiled: file, madeFrom: Self.source)
    // The same bytes for another tokenizer.json.
    let error = #expect(throws: InputError.self) {
      try Tokenizer(compiled: file, madeFrom: FileDigest(of: [1]))
    }
    #expect(error?.location == "source")
    #expect(error?.found.contains(Self.source.sha256) == true)
    #expect(error?.expected.contains(FileDigest(of: [1]).sha256) == true)
  }

  private static let header = [
    Case("header", found: "0 bytes", expected: "at least 64") { $0.resize(by: -$0.bytes.count) },
    Case("header", found: "63 bytes", expected: "at least 64") {
      $0.resize(by: 63 - $0.bytes.count)
    },
    Case("header", found: "another signature", expected: "cleavtok") { $0.set(at: 4, 0) },
    Case("version", found: "2", expected: "1") { $0.set(at: 8, 2) },
    Case("tokens", found: "16777217", expected: "at most 16777216") {
      $0.set(at: 12, 1 << 24 + 1)
    },
    Case("text", found: "2147483648 bytes", expected: "less than") { $0.set(at: 24, 1 << 31) },
    Case("settings", found: "268435457 bytes", expected: "at most 268435456") {
      $0.set(at: 28, 1 << 28 + 1)
    },
    Case("header", found: "in a file of", expected: "where the file ends") { $0.resize(by: 1) },
    Case("header", found: "in a file of", expected: "where the file ends") { $0.resize(by: -1) },
    Case("header", found: "in a file of", expected: "where the file ends") {
      $0.set(at: 16, 0xFFFF_FFFF)
    },
    Case("header", found: "in a file of", expected: "where the file ends") {
      $0.set(at: 20, 0xFFFF_FFFF)
    },
    Case("source", found: "SHA-256", expected: source.sha256) { $0.set(at: 60, 0) },
  ]

  private static let tables = [
    Case("byte tokens[255]", found: "400", expected: "below 400, or none") {
      $0.set(.byteTokens, 255, $0.tokens)
    },
    Case("text starts[0]", found: "1", expected: "0") { $0.set(.textStarts, 0, 1) },
    Case("text starts[7]", found: "0", expected: "from") { $0.set(.textStarts, 7, 0) },
    Case("text starts[400]", found: "", expected: "from") {
      $0.set(.textStarts, 400, $0.textBytes + 1)
    },
    Case("text starts[400]", found: "", expected: "the end") {
      $0.set(.textStarts, 400, $0.textBytes - 1)
      $0.set(.textStarts, 399, $0.textBytes - 1)
    },
    Case("text starts[400]", found: "an id without a token", expected: "the end of the text") {
      $0.set(.textStarts, 400, $0.textBytes | 1 << 31)
    },
    Case("order[3]", found: "400", expected: "below 400") { $0.set(.order, 3, $0.tokens) },
    Case("order[0]", found: "", expected: "that have tokens") {
      let id = $0.get(.order, 0)
      $0.set(.textStarts, id, $0.get(.textStarts, id) | 1 << 31)
    },
    Case("merge starts[0]", found: "1", expected: "0") { $0.set(.mergeStarts, 0, 1) },
    Case("merge starts[400]", found: "", expected: "from") {
      $0.set(.mergeStarts, 400, $0.merges + 1)
    },
    Case("merge starts[400]", found: "0", expected: "the end") {
      for id in 1...400 { $0.set(.mergeStarts, id, 0) }
    },
    Case("merge starts[399]", found: "4294967295", expected: "from") {
      $0.set(.mergeStarts, 399, 0xFFFF_FFFF)
    },
    Case("merge rights[0]", found: "400", expected: "below 400") { $0.set(.rights, 0, $0.tokens) },
    Case("merge results[1]", found: "4294967295", expected: "below 400") {
      $0.set(.results, 1, 0xFFFF_FFFF)
    },
  ]

  private static let settings = [
    Case("settings", found: "byte", expected: "JSON", "{", "["),
    Case(
      "settings", found: "the member \"more\"", expected: "only", "{\"version\"",
      "{\"more\":1,\"version\""),
    Case(
      "settings.model.vocab", found: "an object", expected: "no vocab, which is in the tables",
      "\"model\":{", "\"model\":{\"vocab\":{},"),
    Case(
      "settings.model.merges", found: "an array", expected: "no merges, which is in the tables",
      "\"model\":{", "\"model\":{\"merges\":[],"),
    Case(
      "settings.model.dropout", found: "0.5", expected: "null", "\"dropout\":null",
      "\"dropout\":0.5"),
    Case(
      "settings.added_tokens[1].id", found: "3", expected: "1, the id of \"<s>\" in the model",
      "\"id\":1,\"content\"", "\"id\":3,\"content\""),
    Case(
      "settings.added_tokens[1].id", found: "1", expected: "the id of \"<t>\" in the tables",
      "\"content\":\"<s>\"", "\"content\":\"<t>\""),
  ]
}
