import CleaveStorage

/// The identity of a text's content: the SHA-256 of its UTF-8 without the white space around it. The same
/// text in another file, or in another format, is the same content.
package struct ContentDigest: Hashable, Sendable {
  /// Lower-case hexadecimal digits.
  package let sha256: String

  package init(of text: String) {
    sha256 = FileDigest(of: Array(Self.trimmed(text).utf8)).sha256
  }

  /// - Parameter sha256: 64 lower-case hexadecimal digits; anything else gives nil.
  package init?(sha256: String) {
    guard FileDigest.isSHA256(sha256) else { return nil }
    self.sha256 = sha256
  }

  /// - Parameter bytes: 32 of them.
  package init(bytes: some Sequence<UInt8>) {
    sha256 = bytes.hexadecimal
  }

  /// The 32 bytes that the digits stand for.
  package var bytes: [UInt8] { [UInt8](hexadecimal: sha256) }

  /// A pseudo-random number that depends on this content, a seed and a purpose, and on nothing else.
  package func draw(seed: UInt64, for purpose: String) -> UInt64 {
    let drawn = FileDigest(of: Array("\(purpose) \(seed) \(sha256)".utf8)).sha256
    return UInt64(drawn.prefix(16), radix: 16) ?? 0
  }

  /// The text without what Python's `strip` removes, so that other tools find the same digests: its white
  /// space includes the separators U+001C to U+001F.
  private static func trimmed(_ text: String) -> Substring.UnicodeScalarView {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isSpace($0) }),
      let last = scalars.lastIndex(where: { !isSpace($0) })
    else { return Substring().unicodeScalars }
    return scalars[first...last]
  }
}

extension Substring.UnicodeScalarView {
  fileprivate var utf8: Substring.UTF8View { Substring(self).utf8 }
}
