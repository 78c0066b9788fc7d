import CleaveStorage

enum TextReader {
  /// - Throws: `InputError` for a file that cannot be read or is not UTF-8.
  static func read(_ path: String) throws -> String {
    let bytes = try FileSystem.read(path, limit: 1 << 20)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw InputError(file: path, found: "bytes that are not UTF-8", expected: "UTF-8 text")
    }
    return text
  }
}
