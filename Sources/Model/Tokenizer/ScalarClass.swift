/// The kinds of characters that the pre-tokenizers' regular expressions tell apart.
enum ScalarClass: UInt8, Sendable {
  /// `\p{L}`
  case letter
  /// `\p{N}`
  case number
  /// `[\r\n]`
  case newline
  /// `\s` other than those
  case space
  case other

  /// `\s`
  var isSpace: Bool { self == .space || self == .newline }

  /// The class of the scalar at `position` and where the next scalar starts.
  @inline(__always)
  static func read(
    _ text: UnsafeBufferPointer<UInt8>, at position: Int
  ) -> (kind: ScalarClass, end: Int) {
    let first = text[position]
    if first < 0x80 { return (ascii[Int(first)], position + 1) }
    let (scalar, length) = ScalarReader.scalar(in: text, at: position)
    return (ScalarClass(scalar), position + length)
  }

  private static let ascii: [ScalarClass] = (0..<128).map {
    ScalarClass(Unicode.Scalar(UInt8($0)))
  }

  init(_ scalar: Unicode.Scalar) {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      self = .letter
    case .decimalNumber, .letterNumber, .otherNumber: self = .number
    case .control where scalar == "\r" || scalar == "\n": self = .newline
    case .control, .spaceSeparator, .lineSeparator, .paragraphSeparator:
      self = scalar.properties.isWhitespace ? .space : .other
    default: self = .other
    }
  }
}
