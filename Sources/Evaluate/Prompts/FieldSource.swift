import CleaveModel

/// A field of every line of a JSON-lines file, as a person names it: `FILE:FIELD`.
public struct FieldSource: Equatable, Sendable {
  public var path: String
  public var field: String

  public init(path: String, field: String) {
    self.path = path
    self.field = field
  }

  /// - Parameter text: the path ends at the first colon.
  /// - Throws: `InputError` that quotes the text.
  public init(parsing text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, !parts[1].contains(":") else {
      throw InputError(
        file: "source", found: "\"\(text)\"", expected: "FILE:FIELD, as in eval.jsonl:question")
    }
    self.init(path: String(parts[0]), field: String(parts[1]))
  }
}
