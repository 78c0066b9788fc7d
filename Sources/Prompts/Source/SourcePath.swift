import CleaveStorage

/// The file at the beginning of a source that a person names, as in `FILE:FIELD`.
package enum SourcePath {
  /// Cuts a source after its file: the longest beginning before a colon that names a file that is
  /// there, or `-`; else the beginning before the first colon. Nil without a colon.
  package static func split(_ text: String) -> (path: String, rest: Substring)? {
    let colons = text.indices.filter { text[$0] == ":" }
    guard let first = colons.first else { return nil }
    let end = colons.last { TextInput.exists(String(text[..<$0])) } ?? first
    return (String(text[..<end]), text[text.index(after: end)...])
  }
}
