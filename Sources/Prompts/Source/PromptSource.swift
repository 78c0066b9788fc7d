import CleaveStorage

/// A source of prompts in a JSON-lines file, as a person names it: `FILE:FIELD[#COUNT][:FORMAT]`, as in
/// `xsum.jsonl:document#1000:Summarize this:\n\n{document}`.
package struct PromptSource: Equatable, Sendable {
  package var source: FieldSource
  /// The most prompts to take, those with the smallest digests; nil for all.
  package var count: Int?
  package var format: PromptFormat

  package init(source: FieldSource, count: Int? = nil, format: PromptFormat = .plain) {
    self.source = source
    self.count = count
    self.format = format
  }

  /// - Throws: `InputError` that quotes the text.
  package init(parsing text: String) throws {
    guard let (path, rest) = SourcePath.split(text) else { throw Self.refuse(text) }
    let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let (field, count) = try Self.counted(parts[0], in: text)
    guard !path.isEmpty, !field.isEmpty else { throw Self.refuse(text) }
    source = FieldSource(path: path, field: String(field))
    self.count = count
    format =
      parts.count == 2
      ? try PromptFormat(parsing: String(parts[1]), field: source.field) : .plain
  }

  private static func counted(
    _ part: Substring, in text: String
  ) throws -> (field: Substring, count: Int?) {
    guard let mark = part.lastIndex(of: "#") else { return (part, nil) }
    guard let count = Int(part[part.index(after: mark)...]), count > 0 else {
      throw refuse(text)
    }
    return (part[..<mark], count)
  }

  private static func refuse(_ text: String) -> InputError {
    InputError(
      file: "prompts", found: "\"\(text)\"",
      expected: "FILE:FIELD[#COUNT][:FORMAT], as in xsum.jsonl:document#1000:Summarize: {document}")
  }
}
