import CleaveStorage
import CleaveText
import TestSupport
import Testing

@Suite struct TokenizerStreamingTests {
  @Test(arguments: GoldenTokenizer.names)
  func theOutputsJoinedAreTheDecodedText(name: String) throws {
    let golden = try GoldenTokenizer(name)
    for ids in golden.ids {
      for skip in [false, true] {
        let whole = golden.tokenizer.decode(ids, skipSpecialTokens: skip)
        let stream = stream(ids, golden.tokenizer, skip)
        #expect(isSame(stream.joined(), whole))
      }
    }
  }

  @Test func noCharacterComesInHalves() throws {
    let tokenizer = try GoldenTokenizer("gpt2").tokenizer
    for line in try GoldenTokenizer.corpus() where !line.unicodeScalars.contains("\u{FFFD}") {
      let outputs = stream(tokenizer.encode(line), tokenizer, false)
      #expect(!outputs.contains { $0.unicodeScalars.contains("\u{FFFD}") })
    }
  }

  /// Ids in any order make any bytes: cut short, too long, surrogates, out of range.
  @Test func invalidBytesAreReplacedAsInTheWhole() throws {
    let tokenizer = try GoldenTokenizer("gpt2").tokenizer
    let interesting: [UInt8] = [
      0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xE0, 0xE1, 0xED, 0xF0, 0xF3, 0xF4,
      0xF5,
    ]
    let ids = try interesting.map { byte in
      try #require(
        (0..<tokenizer.vocabularySize).first {
          tokenizer.token(of: $0).map { isSame($0, byteAlphabet[Int(byte)]) } ?? false
        })
    }
    var generator = SplitMix64(seed: 11)
    for _ in 0..<20_000 {
      let sequence = (0...generator.below(6)).map { _ in ids[generator.below(ids.count)] }
      let whole = tokenizer.decode(sequence)
      #expect(isSame(stream(sequence, tokenizer, false).joined(), whole), "\(sequence)")
    }
  }

  @Test func unknownIdsAndUnfinishedCharacters() throws {
    let tokenizer = try GoldenTokenizer("gpt2").tokenizer
    let lead = try #require(tokenizer.id(of: byteAlphabet[0xF0]))
    var decoder = StreamingDecoder(tokenizer: tokenizer)
    #expect(decoder.append(-1) == "" && decoder.append(1 << 40) == "")
    #expect(decoder.append(lead) == "")
    #expect(decoder.finish() == "\u{FFFD}" && decoder.finish() == "")
  }

  private func stream(_ ids: [Int], _ tokenizer: Tokenizer, _ skip: Bool) -> [String] {
    var decoder = StreamingDecoder(tokenizer: tokenizer, skipSpecialTokens: skip)
    var outputs = ids.map { decoder.append($0) }
    outputs.append(decoder.finish())
    return outputs
  }
}
