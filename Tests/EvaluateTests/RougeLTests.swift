import CleaveEvaluate
import CleaveStorage
import TestSupport
import Testing

@Suite struct RougeLTests {
  /// Compares with rouge_score (tools/golden/rouge.py).
  @Test func asciiIsAsGooglesPackageHasIt() throws {
    let name = "rouge/expected.json"
    let golden = try JSONNode(parsing: try Golden.bytes(name), file: name)
    let pairs = try golden.required("pairs").elements()
    #expect(pairs.count >= 30)
    for pair in pairs {
      let (a, b) = (try pair.required("a").string(), try pair.required("b").string())
      let expected = try pair.required("f1").number()
      #expect(abs(RougeL.f1(a, b) - expected) < 1e-12, "\(pair.path): \(a) | \(b)")
      #expect(RougeL.f1(a, b) == RougeL.f1(b, a))
    }
  }

  @Test func withoutWordsOnlyEqualTextsAreAlike() {
    #expect(RougeL.f1("", "") == 1)
    #expect(RougeL.f1("?!", "?!") == 1)
    #expect(RougeL.f1("?!", "!") == 0)
    #expect(RougeL.f1("", "word") == 0)
  }

  /// Texts with two of three words in common, and then with the same words in other spellings.
  @Test(arguments: [
    ("Ünder straße élan", "ÜNDER x Élan", 2.0 / 3),
    ("caf\u{E9} na\u{EF}ve", "cafe\u{301} nai\u{308}ve", 1.0),
    ("один два", "Один, ДВА!", 1.0),
    ("naïve", "na ve", 0.0),
    ("٣ раза", "٣", 2.0 / 3),
    ("ok 👍\u{FE0F} ok", "ok ok", 1.0),
  ])
  func beyondASCII(a: String, b: String, expected: Double) {
    #expect(abs(RougeL.f1(a, b) - expected) < 1e-12, "\(a) | \(b)")
  }

  /// Each ideograph and kana is a word with its marks; Latin words between them stay whole.
  @Test(arguments: [
    ("我爱北京", "我在北京", 3.0 / 4),
    ("東京タワー", "東京", 4.0 / 7),
    ("か\u{3099}き", "がき", 1.0),
    ("か\u{3099}ab", "が ab", 1.0),
    ("用GPU算", "用 gpu 算", 1.0),
    ("한국어 말", "한국어", 2.0 / 3),
  ])
  func eastAsian(a: String, b: String, expected: Double) {
    #expect(abs(RougeL.f1(a, b) - expected) < 1e-12, "\(a) | \(b)")
  }

  @Test func wordsBeyondTheMostAreNotCompared() {
    let long = String(repeating: "w ", count: RougeL.mostWords)
    #expect(RougeL.f1(long + "one two", "w") == 2 / Double(RougeL.mostWords + 1))
    #expect(RougeL.f1(long + "one", "one") == 0)
    #expect(RougeL.f1(String(long.dropLast(2)) + "one", "one") > 0)
  }
}
