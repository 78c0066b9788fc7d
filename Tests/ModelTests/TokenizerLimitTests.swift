import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// Tokenizers that are small files, but would take minutes and gigabytes to open or to encode with.
@Suite(.timeLimit(.minutes(20))) struct TokenizerLimitTests {
  private func tokenizer(
    _ added: [JSON], normalizer: [JSON] = []
  ) throws -> Tokenizer {
    let steps: JSON = ["type": "Sequence", "normalizers": .array(normalizer)]
    let json: JSON = [
      "version": "1.0", "added_tokens": .array(added),
      "normalizer": normalizer.isEmpty ? .null : steps,
      "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false, "use_regex": false],
      "decoder": ["type": "ByteLevel"], "model": ["type": "BPE", "vocab": ["a": 0], "merges": []],
    ]
    return try Tokenizer(JSONNode(json, file: "t.json"))
  }

  private func added(_ content: String, _ id: Int, isNormalized: Bool) -> JSON {
    [
      "id": .integer(Int64(id)), "content": .string(content), "single_word": false,
      "lstrip": false, "rstrip": false, "normalized": .bool(isNormalized), "special": false,
    ]
  }

  private func refusal(_ added: [JSON], normalizer: [JSON]) -> InputError? {
    do {
      _ = try tokenizer(added, normalizer: normalizer)
      return nil
    } catch { return error as? InputError }
  }

  private func repeated(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  /// Steps that may make a text thousands of times as long do so with each token.
  @Test(arguments: [false, true]) func addedTokensThatGrow(isShortAgain: Bool) {
    let longer: JSON = [
      "type": "Replace", "pattern": ["String": "a"], "content": .string(repeated("a", 45)),
    ]
    let shorter: JSON = ["type": "Replace", "pattern": ["String": "aa"], "content": ""]
    let tokens = (1...100).map { added(repeated("a", 490) + "\($0)", $0, isNormalized: true) }
    let error = refusal(tokens, normalizer: [longer, isShortAgain ? shorter : longer])
    #expect(error?.location == "added_tokens[0].content")
    #expect(error?.found == "\"\(repeated("a", 80))\", which becomes 22051 bytes")
    #expect(error?.expected == "at most 512 bytes after each step of the normalizer")
    // The verbatim ones stay as they are.
    let verbatim = (1...100).map { added(repeated("a", 490) + "\($0)", $0, isNormalized: false) }
    #expect(refusal(verbatim, normalizer: [longer, longer]) == nil)
  }

  @Test func addedTokensThatAreMuchTogether() {
    func tokens(_ count: Int) -> [JSON] {
      (1...count).map { added(repeated("A", 500) + "\(10_000 + $0)", $0, isNormalized: true) }
    }
    #expect(refusal(tokens(2000), normalizer: [["type": "Lowercase"]]) == nil)
    let error = refusal(tokens(2200), normalizer: [["type": "Lowercase"]])
    #expect(error?.location == "added_tokens[2076].content")
    #expect(error?.found == "1048885 bytes up to \"\(repeated("A", 80))\"")
    #expect(
      error?.expected == "at most 1048576 bytes that the normalizer makes of all added tokens")
  }

  /// A normalized token is found in normalized text, and decoded as it became.
  @Test func addedTokensAreNormalizedOnce() throws {
    let prefix: JSON = ["type": "Replace", "pattern": ["String": "x"], "content": "xy"]
    let found = try tokenizer(
      [added("<X>", 1, isNormalized: true)], normalizer: [["type": "Lowercase"], prefix])
    #expect(found.encode("a<x>A") == [0, 1, 0])
    #expect(found.decode([0, 1]).isSame("a<xy>"))
  }

  /// To look through all added tokens for each id would take the square of their number.
  @Test func manyAddedTokens() throws {
    let count = 60_000
    let found = try tokenizer(
      (1...count).map { added("<\($0)>", $0, isNormalized: false) })
    #expect((0...count).filter(found.isAdded) == Array(1...count))
    #expect((1...count).allSatisfy { found.id(of: "<\($0)>") == $0 })
    #expect((1...count).allSatisfy { found.id(of: "<\($0)") == nil })
  }

  private func unigram(longest: Int) throws -> Tokenizer {
    let vocabulary =
      [["<unk>", 0.0]] + (1...longest).map { [.string(repeated("a", $0)), -1.0] as JSON }
    let json: JSON = [
      "version": "1.0", "added_tokens": [], "normalizer": .null,
      "pre_tokenizer": ["type": "Metaspace", "replacement": "▁", "prepend_scheme": "never"],
      "decoder": ["type": "Metaspace", "replacement": "▁", "prepend_scheme": "never"],
      "model": [
        "type": "Unigram", "unk_id": 0, "vocab": .array(vocabulary), "byte_fallback": false,
      ],
    ]
    return try Tokenizer(JSONNode(json, file: "t.json"))
  }

  /// Tokens are followed from each character of the text.
  @Test func longUnigramTokens() throws {
    let error = #expect(throws: InputError.self) { try unigram(longest: 257) }
    #expect(error?.location == "model.vocab[257][0]")
    #expect(error?.found == "\"\(repeated("a", 80))\"")
    #expect(error?.expected == "from 1 to 256 bytes")
    let ids = try unigram(longest: 256).encode(repeated("a", 1_000_000))
    #expect(ids.count == 3907 && ids.reduce(0, +) == 1_000_000)
  }
}
