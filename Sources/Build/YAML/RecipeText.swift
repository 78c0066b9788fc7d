import CleaveStorage

/// What is checked of a recipe's text before it is parsed, because the parser's work would already be too much.
enum RecipeText {
  /// - Throws: `InputError` for too many aliases, and for levels that only a bomb has.
  static func check(_ text: String, file: String) throws {
    var (aliases, brackets) = (0, 0)
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      var before = UInt8(ascii: " ")
      for (column, byte) in line.utf8.enumerated() {
        // A comment, be it one or a part of a text, holds nothing that counts.
        if byte == UInt8(ascii: "#"), isBreak(before) { break }
        if byte == UInt8(ascii: "["), isBreak(before) { brackets += 1 }
        if byte == UInt8(ascii: "{"), isBreak(before) { brackets += 1 }
        if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") {
          brackets = max(0, brackets - 1)
        }
        if byte == UInt8(ascii: "*"), isBreak(before) { aliases += 1 }
        before = byte
        let mark = RecipeMark(file: file, line: number + 1, column: column + 1)
        guard aliases <= RecipeYAML.mostAliases else {
          throw mark.refuse(
            "", found: "more than \(RecipeYAML.mostAliases) aliases", expected: "at most that many",
            advice: "A text that begins with * is written in quotes.")
        }
        guard brackets <= 4 * RecipeYAML.deepest else {
          throw mark.refuse(
            "", found: "\(brackets) open brackets",
            expected: "at most \(RecipeYAML.deepest) levels")
        }
      }
    }
  }

  /// Whether a value may begin after this byte.
  private static func isBreak(_ byte: UInt8) -> Bool {
    [
      UInt8(ascii: " "), 0x09, UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","),
      UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "?"),
    ].contains(byte)
  }
}
