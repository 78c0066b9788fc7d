/// The text around an added token: words and white space as defined by `\w` and `\s` of the Rust
/// regex crate.
enum WordBoundary {
  /// Whether a word character is directly before or after `range`.
  static func touches(_ range: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> Bool {
    if let before = ScalarReader.last(in: text, before: range.lowerBound), isWord(before.scalar) {
      return true
    }
    guard range.upperBound < text.count else { return false }
    return isWord(ScalarReader.scalar(in: text, at: range.upperBound).scalar)
  }

  /// The start of the white space that ends at `position`, not before `limit`.
  static func spaceStart(
    in text: UnsafeBufferPointer<UInt8>, before position: Int, notBefore limit: Int
  ) -> Int {
    var start = position
    while start > limit, let (scalar, length) = ScalarReader.last(in: text, before: start),
      scalar.properties.isWhitespace
    { start -= length }
    return start
  }

  /// The end of the white space that starts at `position`.
  static func spaceEnd(in text: UnsafeBufferPointer<UInt8>, after position: Int) -> Int {
    var end = position
    while end < text.count {
      let (scalar, length) = ScalarReader.scalar(in: text, at: end)
      guard scalar.properties.isWhitespace else { break }
      end += length
    }
    return end
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    guard (scalar.properties.age?.major ?? .max) <= ScalarClass.regexVersion else { return false }
    if scalar.properties.isAlphabetic || scalar.properties.isJoinControl { return true }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
      return true
    default: return false
    }
  }
}
