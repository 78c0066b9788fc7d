import CleaveStorage

enum TextReader {
  /// - Throws: `InputError` for a file that cannot be read or is not UTF-8.
  static func read(_ path: String) throws -> String {
    try TextInput.text(path, limit: 1 << 20)
  }
}
