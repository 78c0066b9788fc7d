import CleaveStorage

/// A file, or standard input, with a JSON value on each line. Lines of white space are skipped.
package struct JSONLines {
  private static let longestLine = 1 << 24
  private let file: MappedFile
  /// The offset of the first line.
  private let start: Int

  /// What one line holds.
  package struct Content {
    package let text: String
    /// The conversation whose text it is, where the line holds one.
    package let conversation: Conversation?
    package let references: [String]
  }

  package init(path: String) throws {
    file = try TextInput.open(path)
    start = try TextEncoding.start(of: file)
  }

  /// Reads the texts of a field, in order.
  ///
  /// - Throws: `InputError` that names file, line and field for a line that is no object with a string
  ///   there.
  package func texts(of field: String) throws -> [String] {
    try contents(of: field, references: nil).map(\.text)
  }

  /// Reads the texts or conversations of a field, each with the texts of another field: a string, or an
  /// array of strings.
  ///
  /// - Parameter references: the other field; nil for none.
  package func contents(of field: String, references: String?) throws -> [Content] {
    var contents: [Content] = []
    try forEachLine { line, number in
      let node = try JSONNode(parsing: line, file: file.path, location: "line \(number)")
      let list = try references.map { try Self.strings(try node.value(of: $0)) } ?? []
      contents.append(try Self.content(try node.value(of: field), list))
    }
    return contents
  }

  private static func content(_ node: JSONNode, _ references: [String]) throws -> Content {
    switch node.value {
    case .string(let text): return Content(text: text, conversation: nil, references: references)
    case .array:
      let conversation = try Conversation(node)
      return Content(
        text: conversation.text, conversation: conversation, references: references)
    default: throw node.refuse(expected: "a string, or a list of messages with role and content")
    }
  }

  private static func strings(_ node: JSONNode) throws -> [String] {
    guard case .array = node.value else { return [try node.string()] }
    let list = try node.elements().map { try $0.string() }
    guard !list.isEmpty else { throw node.refuse(expected: "a string, or at least one") }
    return list
  }

  private func forEachLine(_ body: (UnsafeRawBufferPointer, Int) throws -> Void) throws {
    try file.withBytes(0..<file.count) { bytes in
      var (start, number) = (self.start, 1)
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
