import CleaveStorage

extension ContentDigest {
  /// Reads a file with a SHA-256 on each line.
  ///
  /// - Throws: `InputError` that names the line for anything else.
  package static func list(path: String) throws -> Set<ContentDigest> {
    let text = try TextInput.text(path, limit: 1 << 28)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var digests: Set<ContentDigest> = []
    for (index, line) in lines.enumerated() where !line.isEmpty || index < lines.count - 1 {
      guard let digest = ContentDigest(sha256: String(line)) else {
        throw InputError(
          file: path, location: "line \(index + 1)", found: "\"\(line.prefix(80))\"",
          expected: "a SHA-256: 64 lower-case hexadecimal digits")
      }
      digests.insert(digest)
    }
    return digests
  }
}
