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
    try texts(of: field, references: nil).map(\.text)
  }

  /// Reads the texts of a field, each with the texts of another field: a string, or an array of strings.
  ///
  /// - Parameter references: the other field; nil for none.
  package func texts(
    of field: String, references: String?
  ) throws -> [(text: String, references: [String])] {
    var texts: [(text: String, references: [String])] = []
    try forEachLine { line, number in
      let node = try JSONNode(parsing: line, file: file.path, location: "line \(number)")
      let list = try references.map { try Self.strings(try node.required($0)) }
      texts.append((try node.required(field).string(), list ?? []))
    }
    return texts
  }

  private static func strings(_ node: JSONNode) throws -> [String] {
    guard case .array = node.value else { return [try node.string()] }
    let list = try node.elements().map { try $0.string() }
    guard !list.isEmpty else { throw node.refuse(expected: "a string, or at least one") }
    return list
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
