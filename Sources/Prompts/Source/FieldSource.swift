import CleaveStorage

/// A field of a JSON-lines file, as a person names it: `FILE:FIELD`.
package struct FieldSource: Equatable, Sendable {
  package var path: String
  package var field: String

  package init(path: String, field: String) {
    self.path = path
    self.field = field
  }

  /// - Parameter text: the path ends at the first colon.
  /// - Throws: `InputError` that quotes the text.
  package init(parsing text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, !parts[1].contains(":") else {
      throw InputError(
        file: "source", found: "\"\(text)\"", expected: "FILE:FIELD, as in eval.jsonl:question")
    }
    self.init(path: String(parts[0]), field: String(parts[1]))
  }
}
