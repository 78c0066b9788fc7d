import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// `tokenizer.bin` says what the tokenizer.json says, and is ready without reading it.
@Suite struct TokenizerTablesTests {
  private let scratch: Scratch
  private static let source = FileDigest(of: Array("some tokenizer.json".utf8))

  init() throws { scratch = try Scratch() }

  private func open(_ bytes: [UInt8]) throws -> Tokenizer {
    try Tokenizer(
      compiled: MappedFile(path: scratch.write(bytes, to: "tokenizer.bin")),
      madeFrom: Self.source)
  }

  @Test(arguments: GoldenTokenizer.names)
  func everyLineIsTokenizedAsBefore(name: String) throws {
    let golden = try GoldenTokenizer(name)
    let opened = try open(golden.tokenizer.compiled(madeFrom: Self.source))
    for (number, line) in try GoldenTokenizer.corpus().enumerated() {
      let ids = golden.ids[number]
      #expect(opened.encode(line) == ids, "line \(number)")
      #expect(isSame(opened.decode(ids), golden.tokenizer.decode(ids)), "line \(number)")
    }
    #expect(opened.vocabularySize == golden.tokenizer.vocabularySize)
    for id in -1...opened.vocabularySize {
      #expect(opened.token(of: id) == golden.tokenizer.token(of: id))
      #expect(opened.isSpecial(id) == golden.tokenizer.isSpecial(id))
      if let token = opened.token(of: id) { #expect(opened.id(of: token) == id) }
    }
    #expect(try opened.isEquivalent(to: golden.tokenizer))
  }

  /// The files are those of tools/golden/tokenizer_tables.py, from the specification alone.
  @Test(arguments: ["llama3", "odd"])
  func theTablesAreThoseOfAnotherWriter(name: String) throws {
    let source = FileDigest(of: try Golden.bytes("tokenizer/\(name).tokenizer.json"))
    let path = Golden.path("tokenizer/\(name).tokenizer.bin")
    let theirs = try TablesFile(try readFile(path))
    let tokenizer = try GoldenTokenizer(name).tokenizer
    let ours = try TablesFile(tokenizer.compiled(madeFrom: source))
    #expect(ours.bytes[..<28] == theirs.bytes[..<28])
    #expect(ours.bytes[32..<ours.settings] == theirs.bytes[32..<theirs.settings])
    let opened = try Tokenizer(compiled: MappedFile(path: path), madeFrom: source)
    #expect(try opened.isEquivalent(to: tokenizer))
  }

  @Test func idsWithoutATokenStayWithoutOne() throws {
    var root = try GoldenTokenizer.node("smollm.tokenizer.json").value
    let count = try GoldenTokenizer("smollm").tokenizer.vocabularySize
    root.addToVocabulary("<far>", id: count + 2)
    let tokenizer = try Tokenizer(JSONNode(root, file: "t.json"))
    let opened = try open(tokenizer.compiled(madeFrom: Self.source))
    #expect(opened.vocabularySize == count + 3)
    #expect(opened.token(of: count) == nil && opened.token(of: count + 1) == nil)
    #expect(opened.id(of: "<far>") == count + 2)
    #expect(opened.decode([count, count + 2]) == "<far>")
  }

  /// Where the model's ids have gaps, versions of the tokenizers package number added tokens in two ways.
  @Test func addedTokensBehindAGap() throws {
    var root = try GoldenTokenizer.node("smollm.tokenizer.json").value
    let count = try GoldenTokenizer("smollm").tokenizer.vocabularySize
    root.addToVocabulary("<far>", id: count + 2)
    for (id, isTaken) in [
      (count + 1, true), (count + 3, true), (count + 2, false), (count + 4, false),
    ] {
      var file = root
      file.addTokens([("<far>", count + 2), ("<new>", id)])
      let tokenizer = try? Tokenizer(JSONNode(file, file: "t.json"))
      #expect((tokenizer?.id(of: "<new>") == id) == isTaken, "\(id)")
    }
  }

  /// A table, a setting, or only the spelling of a setting.
  @Test func whatDiffersIsSeen() throws {
    let tokenizer = try GoldenTokenizer("odd").tokenizer
    let valid = try TablesFile(tokenizer.compiled(madeFrom: Self.source))
    var other = valid
    other.set(.ranks, 0, other.get(.ranks, 0) + 1)
    #expect(try !open(other.bytes).isEquivalent(to: tokenizer))
    #expect(
      try !open(valid.withSettings { $0.replacing("\"rstrip\":false", with: "\"rstrip\":true") })
        .isEquivalent(to: tokenizer))
    #expect(
      try open(valid.withSettings { $0.replacing("{\"", with: "{ \"") })
        .isEquivalent(to: tokenizer))
  }

  /// Damaged tables: nothing is read outside of their bytes.
  @Test func damagedTables() throws {
    let valid = try TablesFile(
      GoldenTokenizer("odd").tokenizer.compiled(madeFrom: Self.source))
    var mutator = Mutator(seed: 5)
    let text = "The night, before 12 noon: </s> é\u{1F600}\n"
    expectInputErrorsOnly(1500) { round in
      let limit = round % 2 == 0 ? valid.offset(of: .text) : .max
      let tokenizer = try open(mutator.mutate(valid.bytes, limit: limit))
      let ids = tokenizer.encode(text)
      #expect(ids.allSatisfy { $0 >= 0 && $0 < tokenizer.vocabularySize })
      _ = tokenizer.decode(Array(0..<tokenizer.vocabularySize))
      _ = tokenizer.id(of: "Ġnight")
    }
  }
}

extension JSON {
  /// Adds added tokens.
  fileprivate mutating func addTokens(_ tokens: [(content: String, id: Int)]) {
    guard case .object(var root) = self, case .array(let values) = root["added_tokens"] else {
      return
    }
    let added: [JSON] = tokens.map {
      [
        "id": .integer(Int64($0.id)), "content": .string($0.content), "single_word": false,
        "lstrip": false, "rstrip": false, "normalized": false, "special": true,
      ]
    }
    root["added_tokens"] = .array(values + added)
    self = .object(root)
  }

  /// Adds a token to the model's vocabulary.
  fileprivate mutating func addToVocabulary(_ token: String, id: Int) {
    guard case .object(var root) = self, case .object(var model) = root["model"],
      case .object(var vocabulary) = model["vocab"]
    else { return }
    vocabulary[token] = .integer(Int64(id))
    model["vocab"] = .object(vocabulary)
    root["model"] = .object(model)
    self = .object(root)
  }
}
