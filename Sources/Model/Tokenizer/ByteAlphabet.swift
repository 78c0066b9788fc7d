/// The byte-level alphabet of GPT-2: every byte stands as one printable character, so that a
/// vocabulary of text can hold arbitrary bytes. Printable Latin-1 stands for itself, the other 68
/// bytes follow in order from U+0100.
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

  /// The byte each scalar below U+0180 stands for, or -1.
  private static let bytes: [Int16] = {
    var bytes = [Int16](repeating: -1, count: 0x180)
    for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar)] = Int16(byte) }
    return bytes
  }()

  /// The bytes that `token` stands for; nil when one of its characters stands for no byte.
  static func decode(_ token: String) -> [UInt8]? {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(token.utf8.count)
    for scalar in token.unicodeScalars {
      guard scalar.value < 0x180, bytes[Int(scalar.value)] >= 0 else { return nil }
      decoded.append(UInt8(bytes[Int(scalar.value)]))
    }
    return decoded
  }

  /// The character that stands for `byte`, in UTF-8.
  static func character(of byte: UInt8) -> [UInt8] {
    Array(String(Unicode.Scalar(scalars[Int(byte)])!).utf8)
  }
}
