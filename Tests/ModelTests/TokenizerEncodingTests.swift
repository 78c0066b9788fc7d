import TestSupport
import Testing

@Suite struct TokenizerEncodingTests {
  @Test(arguments: GoldenTokenizer.names)
  func everyLineEncodesAsInTheTokenizersPackage(name: String) throws {
    let golden = try GoldenTokenizer(name)
    let corpus = try GoldenTokenizer.corpus()
    try #require(corpus.count >= 2000 && golden.ids.count == corpus.count)
    let wrong = corpus.indices.filter { golden.tokenizer.encode(corpus[$0]) != golden.ids[$0] }
    report(wrong, corpus) { (golden.tokenizer.encode(corpus[$0]), golden.ids[$0]) }
  }

  @Test(arguments: GoldenTokenizer.names)
  func everyLineDecodesAsInTheTokenizersPackage(name: String) throws {
    let golden = try GoldenTokenizer(name)
    let corpus = try GoldenTokenizer.corpus()
    let tokenizer = golden.tokenizer
    for (number, line) in corpus.enumerated() {
      let expected = golden.decoded[number] ?? line
      let text = tokenizer.decode(tokenizer.encode(line, addSpecialTokens: false))
      #expect(isSame(text, expected), "line \(number)")
      let skipped = tokenizer.decode(golden.ids[number], skipSpecialTokens: true)
      #expect(isSame(skipped, golden.skipped[number] ?? expected), "line \(number)")
    }
  }

  /// Encoding loses nothing where no token strips white space and every byte has a token.
  @Test(arguments: ["gpt2", "smollm"])
  func everyLineComesBack(name: String) throws {
    let golden = try GoldenTokenizer(name)
    #expect(golden.decoded.isEmpty)
  }

  @Test func specialTokensAreAddedOnlyOnDemand() throws {
    let llama = try GoldenTokenizer("llama3").tokenizer
    let begin = try #require(llama.id(of: "<|begin_of_text|>"))
    let plain = llama.encode("Hello", addSpecialTokens: false)
    #expect(llama.encode("Hello") == [begin] + plain)
    #expect(llama.encode("<|begin_of_text|>", addSpecialTokens: false) == [begin])
    #expect(llama.isSpecial(begin) && !llama.isSpecial(plain[0]))
    #expect(llama.isSpecial(-1) == false && llama.token(of: -1) == nil)
  }

  @Test func tokensAreFoundByTheirBytes() throws {
    let tokenizer = try GoldenTokenizer("gpt2").tokenizer
    for id in 0..<tokenizer.vocabularySize {
      let token = try #require(tokenizer.token(of: id))
      #expect(tokenizer.id(of: token) == id)
    }
    #expect(tokenizer.token(of: tokenizer.vocabularySize) == nil)
    #expect(tokenizer.id(of: "no such token") == nil)
    // Canonically equivalent to the byte-level Ã, and not the same bytes.
    #expect(tokenizer.id(of: "\u{C3}") != nil && tokenizer.id(of: "A\u{303}") == nil)
  }

  /// Merging that is quadratic in the piece would not come back.
  @Test(arguments: ["a", " ", "1", "'", "<|im_start", "\n", "漢"])
  func aMegabyteOfOneKindEncodes(unit: String) throws {
    for name in GoldenTokenizer.names {
      let tokenizer = try GoldenTokenizer(name).tokenizer
      let text = String(repeating: unit, count: 1_000_000 / unit.utf8.count)
      let ids = tokenizer.encode(text, addSpecialTokens: false)
      if name == "gpt2" || name == "smollm" { #expect(isSame(tokenizer.decode(ids), text)) }
    }
  }

  /// Shows the first few lines that differ; all of them would flood the output.
  private func report(_ wrong: [Int], _ corpus: [String], _ ids: (Int) -> ([Int], [Int])) {
    for line in wrong.prefix(5) {
      let (found, expected) = ids(line)
      let text = String(corpus[line].prefix(60)).debugDescription
      Issue.record("line \(line) \(text): \(found.prefix(20)), expected \(expected.prefix(20))")
    }
    #expect(wrong.isEmpty, "\(wrong.count) lines differ")
  }
}
