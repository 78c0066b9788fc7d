import CleaveText
import TestSupport
import Testing

/// Texts in texts, through the methods of templates that look for them.
@Suite struct TextSearchTests {
  private func render(_ template: String, _ text: String, _ part: String) throws -> String {
    try ChatTemplate(template, names: ["text": text, "part": part]).render(
      [], addGenerationPrompt: false)
  }

  /// Every place by looking at all of them.
  private func places(_ part: [Character], in text: [Character]) -> [Int] {
    guard part.count <= text.count else { return [] }
    return (0...(text.count - part.count)).filter { text[$0...].starts(with: part) }
  }

  @Test func allSmallTexts() throws {
    let alphabet: [Character] = ["a", "b", "\u{E9}"]
    func texts(_ length: Int) -> [[Character]] {
      length == 0 ? [[]] : texts(length - 1).flatMap { text in alphabet.map { text + [$0] } }
    }
    let template =
      "{{ part in text }} {{ text.find(part) }} {{ text.count(part) }} "
      + "{{ text.replace(part, '-') }} {{ text.split(part) | join('|') }}"
    for text in (0...5).flatMap(texts) {
      for part in (1...3).flatMap(texts) {
        let all = places(part, in: text)
        var (apart, end) = ([Int](), 0)
        for place in all where place >= end { (apart, end) = (apart + [place], place + part.count) }
        var (pieces, start) = ([String](), 0)
        for place in apart {
          pieces.append(String(text[start..<place]))
          start = place + part.count
        }
        pieces.append(String(text[start...]))
        let expected =
          "\(all.isEmpty ? "False" : "True") \(all.first ?? -1) \(apart.count) "
          + "\(pieces.joined(separator: "-")) \(pieces.joined(separator: "|"))"
        #expect(try render(template, String(text), String(part)) == expected)
      }
    }
  }

  /// Python counts and replaces nothing at every place.
  @Test func nothing() throws {
    let template =
      "{{ text.count('') }} {{ text.find('') }} {{ text.replace('', '-') }} "
      + "{{ text.replace('', '-', 2) }}"
    #expect(try render(template, "ab", "") == "3 0 -a-b- -a-b")
    #expect(try render(template, "", "") == "1 0 - -")
  }

  /// A search that begins again at each place would take a day.
  @Test func textsThatNearlyAgree() throws {
    let text = String(repeating: "a", count: 400_000)
    #expect(
      try render("{{ part in text }}", text, String(repeating: "a", count: 200_000) + "b")
        == "False")
  }
}
