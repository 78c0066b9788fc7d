import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// Texts that are put together of many parts: where each part costs what is there already, they take minutes or hours.
@Suite(.timeLimit(.minutes(20))) struct LongTextTests {
  private func render(_ template: String) throws -> String {
    try ChatTemplate(template, bos: nil, eos: nil).render([], addGenerationPrompt: true)
  }

  @Test func templateThatWritesHalfAMillionTimes() throws {
    let found = try render(
      "{% for i in range(999) %}{% for j in range(499) %}{{ i }}{% endfor %}{% endfor %}")
    let expected = (0..<999).map { String(repeating: String($0), count: 499) }.joined()
    #expect(found.isSame(expected))
  }

  @Test func emptyPatternIsReplacedAMillionTimes() throws {
    let found = try render("{{ ('a' * 1000000) | replace('', '<>') }}")
    #expect(found.isSame(String(repeating: "<>a", count: 1_000_000) + "<>"))
  }

  @Test(arguments: [("\\n", "\\n"), ("\\x01", "\\x01"), ("\\'\\\"", "\\'\"")])
  func listWithALongText(literal: String, shown: String) throws {
    let found = try render("{{ ['\(literal)' * 500000] }}")
    #expect(found.isSame("['\(String(repeating: shown, count: 500_000))']"))
  }

  @Test func literalOfManyEscapes() throws {
    let found = try render("{{ '" + String(repeating: "\\x41", count: 250_000) + "' }}")
    #expect(found.isSame(String(repeating: "A", count: 250_000)))
  }

  /// Characters younger than the tables of the tokenizers package pass normalization one by one.
  @Test(arguments: ["NFC", "NFD", "NFKC", "NFKD"])
  func youngCharactersAreNormalized(form: String) throws {
    let tokenizer = try Tokenizer(
      JSONNode(
        [
          "version": "1.0", "normalizer": ["type": .string(form)],
          "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false, "use_regex": false],
          "decoder": ["type": "ByteLevel"],
          "model": ["type": "BPE", "vocab": ["a": 0, "b": 1], "merges": []],
        ], file: "tokenizer.json"))
    // U+1FAE8 is of Unicode 15.
    let text = String(repeating: "a\u{1FAE8}", count: 500_000)
    #expect(tokenizer.preTokenized(text).joined().isSame(text))
  }
}
