/// An input that cannot be used: the file, the location in it, what was found, what was expected, and what
/// the person can do about it. The tools report it and exit with code 2.
package struct InputError: ExitStatusError, Equatable, Sendable {
  /// The file or directory, as the person named it.
  package let file: String
  /// The location in the file: a key, a tensor name, a byte offset. Empty for the file as a whole.
  package let location: String
  package let found: String
  package let expected: String
  /// Advice to the person, where there is something better to say than "give another file".
  package let advice: String?

  package init(
    file: String, location: String = "", found: String, expected: String, advice: String? = nil
  ) {
    self.file = file
    self.location = location.shown(limit: Self.longest)
    self.found = found.shown(limit: Self.longest)
    self.expected = expected.shown(limit: Self.longest)
    self.advice = advice
  }

  /// The most scalars shown of a text, much of which came out of the file, which may be hostile.
  private static let longest = 2000
  /// The kernel's limit of a path, in bytes.
  static let longestPath = 4096
}

extension InputError {
  package var exitStatus: ExitStatus { .badInput }

  package var description: String {
    // Kept raw in `file`, which callers compare; a name may hold an escape sequence too.
    var text = file.shown(limit: Self.longestPath)
    if !location.isEmpty { text += ": \(location)" }
    text += ": found \(found); expected \(expected)"
    if let advice { text += ". \(advice.shown(limit: Self.longest))" }
    return text
  }
}
