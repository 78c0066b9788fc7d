/// What a value of a recipe may be. The check of recipes and their JSON Schema both follow from it.
package indirect enum RecipeType: Sendable {
  /// A text, of a form where one is given.
  case text(RecipeForm?)
  case choice([String])
  case integer(ClosedRange<Int>)
  case number(RecipeRange)
  case flag
  /// A list with as many elements as the range allows.
  case list(RecipeType, ClosedRange<Int>)
  case section(RecipeSection)
  /// A value of one of several types, with what an error calls them.
  case either([RecipeType], String)

  /// A list of at least one element, or one element alone.
  static func oneOrMore(_ type: RecipeType, _ expected: String) -> RecipeType {
    .either([type, .list(type, 1...64)], expected)
  }
}

/// A form of texts: an expression that the whole text matches, and its name in errors.
package struct RecipeForm: Sendable {
  let pattern: String
  let expected: String
  /// Whether the text names a file or a directory that a stage reads.
  var isPath = false
  /// What any text may follow that is not empty, as the pattern says too; nil where no such text may stand.
  var filledAfter: String?

  static let name = RecipeForm(
    pattern: "[A-Za-z0-9][A-Za-z0-9._-]{0,63}", expected: "a name of letters, digits, . _ and -")
  static let duration = RecipeForm(
    pattern: "[0-9]{1,8}(\\.[0-9]{1,3})?[smh]", expected: "a time, as in 90s, 20m or 1h")
  static let bytes = RecipeForm(
    pattern: "[1-9][0-9]{0,12}[KMG]", expected: "a size, as in 500M or 20G")
  static let sha256 = RecipeForm(
    pattern: "[0-9a-f]{64}", expected: "a SHA-256 of 64 hexadecimal digits")
  static let path = RecipeForm(
    pattern: "[^\\x00]+", expected: "the path of a file or directory",
    isPath: true)
  static let reference = RecipeForm(
    pattern: "[^/\\s]+/[^\\s:@]+:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}",
    expected: "REGISTRY/NAME:TAG, as registry.example.com/models/edge:1.0")
  static let filled = RecipeForm(
    pattern: filledPattern, expected: "a text that is not empty", filledAfter: "")

  /// A text that is not empty, for the schema. As an expression it takes time that grows with the square of a text.
  static let filledPattern = "(.|\\n)*\\S(.|\\n)*"

  /// Whether the whole text is of this form.
  func matches(_ text: String) throws -> Bool {
    guard let filledAfter, text.utf8.starts(with: filledAfter.utf8) else {
      return try RecipeScalar.matches(text, pattern)
    }
    return text.unicodeScalars.dropFirst(filledAfter.unicodeScalars.count)
      .contains { !$0.properties.isWhitespace }
  }
}

/// The numbers between two bounds, which may belong to them.
package struct RecipeRange: Sendable {
  let lower: Double
  let upper: Double
  let includesLower: Bool
  let includesUpper: Bool

  static func closed(_ lower: Double, _ upper: Double) -> Self {
    Self(lower: lower, upper: upper, includesLower: true, includesUpper: true)
  }

  static func above(_ lower: Double, _ upper: Double, includesUpper: Bool = true) -> Self {
    Self(lower: lower, upper: upper, includesLower: false, includesUpper: includesUpper)
  }

  func contains(_ value: Double) -> Bool {
    (includesLower ? value >= lower : value > lower)
      && (includesUpper ? value <= upper : value < upper)
  }

  var expected: String {
    "a number \(includesLower ? "from" : "above") \(lower.short) "
      + "\(includesUpper ? "to" : "and below") \(upper.short)"
  }
}

extension Double {
  /// The number without a point where it is whole.
  var short: String {
    magnitude < 1e15 && self == rounded() ? "\(Int(self))" : "\(self)"
  }
}
