import CleaveEvaluate
import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// Tests of the split of a text into windows.
@Suite struct EvaluationTextTests {
  private let scratch: Scratch
  private let path: String

  init() throws {
    scratch = try Scratch()
    path = try scratch.write(
      String(repeating: "The old keeper wrote 12 letters. ", count: 40), to: "text")
  }

  private static func tokenizer(_ name: String) throws -> Tokenizer {
    try Tokenizer(GoldenTokenizer.node("\(name).tokenizer.json"))
  }

  @Test func windowsFollowOneAnotherAndScoreTheirSecondHalf() throws {
    let tokenizer = try Self.tokenizer("smollm")
    let text = try EvaluationText(path: path, tokenizer: tokenizer, windowLength: 32)
    let whole = tokenizer.encode(
      String(decoding: try readFile(path), as: UTF8.self), addSpecialTokens: false)
    #expect(text.tokens == whole)
    #expect(text.windowCount == whole.count / 32 && text.windowCount > 5)
    for index in 0..<text.windowCount {
      let window = text.window(index)
      #expect(window.index == index)
      #expect(window.tokens == Array(whole[(index * 32)..<(index * 32 + 32)]))
      #expect(window.scored == 17..<32)
    }
    #expect(text.digest == FileDigest(of: try readFile(path)))
  }

  /// llama.cpp scores 255 tokens of a window of 512.
  @Test func aWindowOf512Scores255Tokens() {
    let window = EvaluationWindow(index: 0, tokens: Array(repeating: 0, count: 512))
    #expect(window.scored.count == 255 && window.scored.upperBound == 512)
    #expect(EvaluationWindow(index: 0, tokens: [0, 0, 0, 0]).scored == 3..<4)
  }

  /// Llama 3's tokenizer puts a token before a text; the other tokens keep their positions.
  @Test func everyWindowBeginsWithTheBeginOfText() throws {
    let tokenizer = try Self.tokenizer("llama3")
    let before = tokenizer.tokensAroundText.before
    #expect(before.count == 1)
    let text = try EvaluationText(path: path, tokenizer: tokenizer, windowLength: 16, windows: 4)
    #expect(text.tokens.prefix(1) == before[...])
    for index in 0..<4 {
      let tokens = text.window(index).tokens
      #expect(tokens.count == 16 && tokens[0] == before[0])
      #expect(Array(tokens[1...]) == Array(text.tokens[(index * 16 + 1)..<(index * 16 + 16)]))
    }
    #expect(text.window(1).tokens[0] != text.tokens[16])
  }

  @Test func aTextTooShortForAWindowIsRefused() throws {
    let short = try scratch.write("The old keeper.", to: "short")
    #expect {
      try EvaluationText(
        path: short, tokenizer: try Self.tokenizer("smollm"), windowLength: 512)
    } throws: {
      "\($0)".contains("0 windows of 512; expected at least 1")
    }
  }

  @Test func moreWindowsThanThereAreAreRefused() throws {
    #expect {
      try EvaluationText(
        path: path, tokenizer: try Self.tokenizer("smollm"), windowLength: 64, windows: 1000)
    } throws: {
      "\($0)".contains("expected at least 1000. Give a longer text")
    }
  }

  @Test func aWindowWithNothingToScoreIsRefused() throws {
    #expect {
      try EvaluationText(path: path, tokenizer: try Self.tokenizer("smollm"), windowLength: 3)
    } throws: {
      "\($0)".contains("window length: found 3; expected at least 4")
    }
  }

  @Test func whatIsNotTextIsRefused() throws {
    let bytes = try scratch.write([0x61, 0xFF, 0x62], to: "bytes")
    let tokenizer = try Self.tokenizer("smollm")
    #expect {
      try EvaluationText(path: bytes, tokenizer: tokenizer, windowLength: 16)
    } throws: {
      "\($0)".contains("expected UTF-8 text")
    }
    #expect(throws: InputError.self) {
      try EvaluationText(path: scratch("nothing"), tokenizer: tokenizer, windowLength: 16)
    }
  }
}
