import CleaveStorage

/// A text that a person gives in a file or on standard input.
enum TextFile {
  private static let limit = 1 << 26

  /// - Parameter path: "-" is standard input.
  static func read(_ path: String) throws -> String { try TextInput.text(path, limit: limit) }
}
