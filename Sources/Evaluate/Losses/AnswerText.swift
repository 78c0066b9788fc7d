/// Checks whether a text contains an answer by the usual rules of open question answering:
/// lower-cased, without punctuation and articles, as consecutive whole words.
enum AnswerText {
  static func has(_ answer: String, in text: String) -> Bool {
    let all = Words.of(joined(answer))
    let essential = all.filter { !articles.contains($0) }
    // An answer that consists of articles only, such as the A of a multiple choice, is searched
    // unchanged.
    if essential.isEmpty { return contains(Words.of(joined(text)), all) }
    return contains(Words.of(joined(text)).filter { !articles.contains($0) }, essential)
  }

  private static let articles: Set<String> = ["a", "an", "the"]

  /// The text without ASCII punctuation and the typographic apostrophe, so that "U.S." is "US".
  /// Other punctuation separates words.
  private static func joined(_ text: String) -> String {
    var scalars = text.unicodeScalars
    scalars.removeAll { scalar in
      switch scalar.value {
      case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E, 0x2019: true
      default: false
      }
    }
    return String(scalars)
  }

  private static func contains(_ words: [String], _ wanted: [String]) -> Bool {
    guard !wanted.isEmpty, words.count >= wanted.count else { return false }
    return (0...words.count - wanted.count).contains { start in
      words[start..<start + wanted.count].elementsEqual(wanted)
    }
  }
}
