import CleaveStorage

/// A field of a JSON-lines file, as a person names it: `FILE:FIELD`. Dots in the field lead into objects and
/// lists, as in `chats.jsonl:messages.0.content`.
package struct FieldSource: Equatable, Sendable {
  package var path: String
  package var field: String

  package init(path: String, field: String) {
    self.path = path
    self.field = field
  }

  /// - Parameter text: `SourcePath` says where the path ends.
  /// - Throws: `InputError` that quotes the text.
  package init(parsing text: String) throws {
    guard let (path, field) = SourcePath.split(text), !path.isEmpty, !field.isEmpty,
      !field.contains(":")
    else {
      throw InputError(
        file: "source", found: "\"\(text)\"", expected: "FILE:FIELD, as in eval.jsonl:question")
    }
    self.init(path: path, field: String(field))
  }
}
