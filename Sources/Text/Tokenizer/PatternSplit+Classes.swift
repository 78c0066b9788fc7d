extension PatternSplit {
  /// Takes white space away (`WhitespaceSplit`).
  static let spaces = PatternSplit(
    pattern: Pattern("white space", .set(CharacterSets.space)), behavior: .removed)

  /// Keeps runs of word characters, and runs of what is neither these nor white space
  /// (`Whitespace`).
  static let words = PatternSplit(
    pattern: Pattern(
      "words",
      .choice([
        run(of: CharacterSets.word),
        run(of: CharacterSets.word.union(CharacterSets.space).inverted),
      ])),
    behavior: .removed, isInverted: true)

  /// Cuts at marks of punctuation (`Punctuation`).
  static func punctuation(_ behavior: Behavior) -> PatternSplit {
    PatternSplit(pattern: marks, behavior: behavior)
  }

  private static let marks = Pattern("punctuation", .set(CharacterSets.punctuation))

  private static func run(of set: ScalarSet) -> PatternNode {
    .repeated(.set(set), least: 1, most: nil, isLazy: false)
  }
}
