/// The sets of scalars that steps of the tokenizers package know, in its versions of Unicode.
enum CharacterSets {
  /// What `StripAccents` removes.
  static let mark = table["mark"] ?? .empty
  /// What BERT's normalizer takes for accents.
  static let nonspacing = table["nonspacing"] ?? .empty
  /// What BERT's normalizer removes: controls, unassigned and private scalars.
  static let unclean = table["unclean"] ?? .empty
  static let punctuation = table["punctuation"] ?? .empty
  /// `\w` of the Rust regex crate.
  static let word = table["word"] ?? .empty
  /// White space.
  static let space = table["space"] ?? .empty
  /// What BERT's normalizer puts spaces around.
  static let chinese = ScalarSet(ranges: [
    0x3400..<0x4DC0, 0x4E00..<0xA000, 0xF900..<0xFB00, 0x20000..<0x2A6E0, 0x2A700..<0x2B820,
    0x2B920..<0x2CEB0, 0x2F800..<0x2FA20,
  ])

  private static let table = PackedSets(NormalizationTables.sets).sets
}
