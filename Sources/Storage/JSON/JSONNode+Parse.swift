extension JSONNode {
  /// Parses a text and gives its root.
  ///
  /// - Parameters:
  ///   - file, location: name the text in errors.
  ///   - path: the path of the root; nil for `location`.
  ///   - depth: the deepest nesting accepted.
  ///   - refusesHalves: whether an escape that is half of a surrogate pair is refused, and not read as U+FFFD.
  /// - Throws: `InputError` for anything but one JSON value.
  package init(
    parsing text: UnsafeRawBufferPointer, file: String, location: String = "", path: String? = nil,
    depth: Int = 64, refusesHalves: Bool = false
  ) throws {
    self.init(
      try JSON.parse(
        text, file: file, location: location, depth: depth, refusesHalves: refusesHalves),
      file: file, path: path ?? location)
  }

  package init(
    parsing text: [UInt8], file: String, location: String = "", path: String? = nil,
    depth: Int = 64, refusesHalves: Bool = false
  ) throws {
    self = try text.withUnsafeBytes {
      try JSONNode(
        parsing: $0, file: file, location: location, path: path, depth: depth,
        refusesHalves: refusesHalves)
    }
  }
}
