/// The kinds of characters that the pre-tokenizers' regular expressions distinguish.
enum ScalarClass: UInt8, Sendable {
  /// `\p{L}`
  case letter
  /// `\p{N}`
  case number
  /// `[\r\n]`
  case newline
  /// `\s` other than `[\r\n]`
  case space
  case other

  /// Whether the character matches `\s`.
  var isSpace: Bool { self == .space || self == .newline }

  /// The Unicode version whose letters and numbers the tokenizers package's regular expressions
  /// know (Oniguruma's tables). Swift's own tables are newer.
  static let regexVersion = 16
  /// The Unicode version that its `Digits` step uses (the tables of the Rust library).
  static let digitsVersion = 17

  /// The class of the scalar at `position`, and the offset of the next scalar.
  @inline(__always)
  static func read(
    _ text: UnsafeBufferPointer<UInt8>, at position: Int, unicode version: Int = regexVersion
  ) -> (kind: ScalarClass, end: Int) {
    let first = text[position]
    if first < 0x80 { return (ascii[Int(first)], position + 1) }
    let (scalar, length) = ScalarReader.scalar(in: text, at: position)
    return (ScalarClass(scalar, unicode: version), position + length)
  }

  private static let ascii: [ScalarClass] = (0..<128).map {
    ScalarClass(Unicode.Scalar(UInt8($0)), unicode: regexVersion)
  }

  /// Classifies a scalar as of Unicode `version`. Scalars assigned later are `other`, as unassigned
  /// ones are.
  init(_ scalar: Unicode.Scalar, unicode version: Int) {
    let properties = scalar.properties
    var isKnown: Bool { (properties.age?.major ?? .max) <= version }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      self = isKnown ? .letter : .other
    case .decimalNumber, .letterNumber, .otherNumber: self = isKnown ? .number : .other
    case .control where scalar == "\r" || scalar == "\n": self = .newline
    case .control, .spaceSeparator, .lineSeparator, .paragraphSeparator:
      self = properties.isWhitespace ? .space : .other
    default: self = .other
    }
  }
}
