#if Network
  import CleaveStorage
  import Crypto

  /// The bearer tokens that a server takes. Only their digests are kept.
  package struct Tokens: Sendable {
    private let entries: [(name: String, digest: SHA256.Digest)]

    /// Reads a file of tokens.
    ///
    /// - Parameter path: the file, with a name and a token on each line; lines that begin with # are comments.
    /// - Throws: `InputError`, which never quotes a token.
    package init(file path: String) throws {
      let bytes = try FileSystem.read(path, limit: 1 << 22)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw InputError(file: path, found: "bytes that are not UTF-8", expected: "UTF-8 text")
      }
      try self.init(text, file: path)
    }

    package init(_ text: String, file: String) throws {
      var entries: [(name: String, digest: SHA256.Digest)] = []
      var (names, digests): (Set<Substring>, Set<SHA256.Digest>) = ([], [])
      for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated()
      where !line.allSatisfy(\.isWhitespace) && !line.hasPrefix("#") {
        let parts = line.split(whereSeparator: \.isWhitespace)
        guard parts.count == 2, parts[1].utf8.count >= 16 else {
          throw InputError(
            file: file, location: "line \(index + 1)",
            found: "\(parts.count) words, or a short token",
            expected: "a name and a token of at least 16 characters")
        }
        let digest = SHA256.hash(data: Array(parts[1].utf8))
        guard names.insert(parts[0]).inserted, digests.insert(digest).inserted else {
          throw InputError(
            file: file, location: "line \(index + 1)",
            found: "a name or token that was there before",
            expected: "each once")
        }
        entries.append((String(parts[0]), digest))
      }
      guard !entries.isEmpty else {
        throw InputError(
          file: file, found: "no tokens", expected: "a name and a token on each line")
      }
      self.entries = entries
    }

    /// Finds the name of a token. The time does not tell which token it is, or whether it is known: all digests
    /// are compared.
    package func name(of token: String) -> String? {
      let digest = SHA256.hash(data: Array(token.utf8))
      var name: String?
      // Comparing digests takes constant time in Crypto.
      for entry in entries { name = entry.digest == digest ? entry.name : name }
      return name
    }
  }
#endif
