extension JSONNode {
  /// A whole SHA-256 in lower-case hexadecimal digits.
  package func sha256() throws -> String {
    let text = try string()
    guard FileDigest.isSHA256(text) else {
      throw refuse(expected: "a SHA-256: 64 lower-case hexadecimal digits")
    }
    return text
  }

  /// The beginning of a SHA-256: so many lower-case hexadecimal digits.
  package func hexadecimal(digits: Int) throws -> String {
    let text = try string()
    guard text.utf8.count == digits, text.isHexadecimal else {
      throw refuse(expected: "\(digits) hexadecimal digits")
    }
    return text
  }
}
