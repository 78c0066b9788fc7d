/// The byte-level alphabet of GPT-2, which writes each byte as one printable character so that a
/// vocabulary of text can hold arbitrary bytes. Printable Latin-1 characters stand for themselves;
/// the other 68 bytes follow in order from U+0100.
enum ByteAlphabet {
  /// The scalar value that stands for each byte.
  static let scalars: [UInt32] = {
    var next: UInt32 = 0x100
    return (0..<256).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return UInt32(byte)
      default:
        defer { next += 1 }
        return next
      }
    }
  }()

  /// The byte for which each scalar below U+0180 stands, or -1.
  private static let bytes: [Int16] = {
    var bytes = [Int16](repeating: -1, count: 0x180)
    for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar)] = Int16(byte) }
    return bytes
  }()

  /// The bytes for which a token's spelling stands; nil if it contains a character outside the
  /// alphabet.
  static func decode(_ token: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(token.count)
    var position = 0
    while position < token.count {
      var scalar = Int(token[position])
      position += 1
      if scalar >= 0x80 {
        // UTF-8 sequences of two bytes cover scalars up to U+07FF.
        guard (0xC2...0xDF).contains(scalar), position < token.count,
          token[position] & 0xC0 == 0x80
        else { return nil }
        scalar = (scalar & 0x1F) << 6 | Int(token[position] & 0x3F)
        position += 1
      }
      guard scalar < bytes.count, bytes[scalar] >= 0 else { return nil }
      decoded.append(UInt8(bytes[scalar]))
    }
    return decoded
  }

  /// Appends the spelling of `text` in UTF-8.
  static func spell(_ text: UnsafeBufferPointer<UInt8>, into spelling: inout [UInt8]) {
    for byte in text {
      let scalar = scalars[Int(byte)]
      if scalar < 0x80 {
        spelling.append(UInt8(scalar))
      } else {
        spelling.append(UInt8(0xC0 | scalar >> 6))
        spelling.append(UInt8(0x80 | scalar & 0x3F))
      }
    }
  }

  /// The character that stands for `byte`, in UTF-8.
  static func character(of byte: UInt8) -> [UInt8] {
    Array(String(Unicode.Scalar(scalars[Int(byte)])!).utf8)
  }
}
