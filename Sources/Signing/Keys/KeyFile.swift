import CleaveStorage

/// The text of a key file in PEM.
enum KeyFile {
  private static let largest = 1 << 16

  /// Reads a key file, or standard input for `-`.
  ///
  /// - Throws: `InputError` for a file that is larger than keys are, or is no text.
  static func text(_ path: String) throws -> String {
    try TextInput.text(path, limit: largest)
  }

  /// The label between whose lines PEM puts a key, as `EC PRIVATE KEY`; nil where there is none.
  static func label(_ text: String) -> String? {
    text.split(whereSeparator: \.isNewline)
      .first { $0.hasPrefix("-----BEGIN ") && $0.hasSuffix("-----") && $0.count > 16 }
      .map { String($0.dropFirst(11).dropLast(5)) }
  }

  /// The refusal of a file that holds no key of this kind.
  static func refusal(_ path: String, _ text: String, expected: String, advice: String)
    -> InputError
  {
    let found: String
    switch label(text) {
    case nil: found = "no PEM"
    case "ENCRYPTED PRIVATE KEY"?: found = "a private key that a password encrypts"
    case let label?: found = "\(label.shown(limit: 80)), which is no such key"
    }
    return InputError(file: path, found: found, expected: expected, advice: advice)
  }
}
