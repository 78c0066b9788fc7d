/// The words of a text: lower-cased runs of letters and digits. For ASCII these are rouge_score's
/// without its stemmer.
///
/// Beyond ASCII, letters and digits are those of Unicode, marks belong to the character before
/// them, and words are compared up to canonical equivalence. Ideographs and kana, which are written
/// without spaces, are one word each.
enum Words {
  private enum Kind { case letter, alone, mark, gap }

  /// - Parameter limit: the most words to return.
  static func of(_ text: String, limit: Int = .max) -> [String] {
    var words: [String] = []
    var word = String.UnicodeScalarView()
    func close() {
      if !word.isEmpty { words.append(String(word)) }
      word.removeAll(keepingCapacity: true)
    }
    for scalar in text.lowercased().unicodeScalars {
      let kind = kind(scalar)
      switch kind {
      case .letter:
        if let first = word.first, isAlone(first) { close() }
        word.append(scalar)
      case .alone:
        close()
        word.append(scalar)
      // A mark without a letter, such as an emoji's variation selector, is ignored.
      case .mark: if !word.isEmpty { word.append(scalar) }
      case .gap: close()
      }
      if words.count >= limit { return Array(words.prefix(limit)) }
    }
    close()
    return Array(words.prefix(limit))
  }

  private static func kind(_ scalar: Unicode.Scalar) -> Kind {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber:
      isAlone(scalar) ? .alone : .letter
    case .nonspacingMark, .spacingMark, .enclosingMark: .mark
    default: .gap
    }
  }

  private static func isAlone(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case ..<0x3000: false
    // Hiragana and katakana, their extensions for Ainu, and the half-width forms.
    case 0x3041...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9F: true
    default: scalar.properties.isIdeographic
    }
  }
}
