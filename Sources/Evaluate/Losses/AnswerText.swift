/// Whether a text has an answer, as open question answering judges it: lower-cased, without punctuation and
/// articles, in whole words one after the other.
enum AnswerText {
  static func has(_ answer: String, in text: String) -> Bool {
    let all = Words.of(joined(answer))
    let essential = all.filter { !articles.contains($0) }
    // An answer of nothing else, such as the A of a choice, is looked for as it is.
    if essential.isEmpty { return contains(Words.of(joined(text)), all) }
    return contains(Words.of(joined(text)).filter { !articles.contains($0) }, essential)
  }

  private static let articles: Set<String> = ["a", "an", "the"]

  /// Without ASCII's punctuation and the typographic apostrophe: "U.S." is "US". Any other parts words.
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
