/// Reads scalars from UTF-8 that is known to be valid because it comes from a string.
enum ScalarReader {
  static func scalar(
    in text: UnsafeBufferPointer<UInt8>, at position: Int
  ) -> (scalar: Unicode.Scalar, length: Int) {
    let first = UInt32(text[position])
    func tail(_ offset: Int) -> UInt32 { UInt32(text[position + offset]) & 0x3F }
    let value: UInt32
    let length: Int
    switch first {
    case 0..<0x80: (value, length) = (first, 1)
    case 0x80..<0xE0: (value, length) = ((first & 0x1F) << 6 | tail(1), 2)
    case 0xE0..<0xF0: (value, length) = ((first & 0x0F) << 12 | tail(1) << 6 | tail(2), 3)
    default:
      (value, length) = ((first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
    }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }

  /// The scalar that ends just before `position`; nil at the start.
  static func last(
    in text: UnsafeBufferPointer<UInt8>, before position: Int
  ) -> (scalar: Unicode.Scalar, length: Int)? {
    guard position > 0 else { return nil }
    var start = position - 1
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    return scalar(in: text, at: start)
  }
}
