extension FileSystem {
  /// The default limit of `readJSON`: several times the largest tokenizer known.
  package static let largestJSON = 1 << 28

  /// Reads a JSON file of at most `limit` bytes.
  package static func readJSON(_ path: String, limit: Int = largestJSON) throws -> JSONNode {
    let file = try map(path, limit: limit)
    return try FileKind.named(in: file, as: .json, expected: "JSON") {
      let start = try TextEncoding.start(of: file)
      return try file.withBytes(start..<file.count) {
        // Half a character would become another text without a word.
        try JSONNode(parsing: $0, file: path, refusesHalves: true)
      }
    }
  }
}
