import CleaveStorage

/// A file with a JSON value on each line. Lines of white space are skipped.
package struct JSONLines {
  private static let longestLine = 1 << 24
  private let file: MappedFile

  package init(path: String) throws { file = try MappedFile(path: path) }

  /// Reads the texts of a field, in order.
  ///
  /// - Throws: `InputError` that names file, line and field for a line that is no object with a string
  ///   there.
  package func texts(of field: String) throws -> [String] {
    var texts: [String] = []
    try forEachLine { line, number in
      let location = "line \(number)"
      let value = try JSON.parse(line, file: file.path, location: location)
      texts.append(
        try JSONNode(value, file: file.path, path: location).required(field).string())
    }
    return texts
  }

  /// Reads the texts of a field, each with the texts of another field: a string, or an array of strings.
  ///
  /// - Parameter references: nil for none.
  package func texts(
    of field: String, references: String?
  ) throws -> [(text: String, references: [String])] {
    guard let references else { return try texts(of: field).map { ($0, []) } }
    var texts: [(text: String, references: [String])] = []
    try forEachLine { line, number in
      let location = "line \(number)"
      let value = try JSON.parse(line, file: file.path, location: location)
      let node = JSONNode(value, file: file.path, path: location)
      let other = try node.required(references)
      let list =
        if case .array = other.value { try other.elements().map { try $0.string() } } else {
          [try other.string()]
        }
      guard !list.isEmpty else { throw other.refuse(expected: "a string, or at least one") }
      texts.append((try node.required(field).string(), list))
    }
    return texts
  }

  private func forEachLine(_ body: (UnsafeRawBufferPointer, Int) throws -> Void) throws {
    try file.withBytes(0..<file.count) { bytes in
      var (start, number) = (0, 1)
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        guard line.count <= Self.longestLine else {
          throw InputError(
            file: file.path, location: "line \(number)", found: "\(line.count) bytes",
            expected: "at most \(Self.longestLine)")
        }
        if !line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { try body(line, number) }
        (start, number) = (end + 1, number + 1)
      }
    }
  }
}
