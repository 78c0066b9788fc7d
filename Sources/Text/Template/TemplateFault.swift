/// What is wrong with a template, and where in it.
struct TemplateFault: Error {
  struct Place: Equatable, Sendable {
    /// Both from 1.
    var line: Int
    var column: Int
  }

  var location: Place
  var found: String
  var expected: String

  init(_ location: Place, _ found: String, expected: String) {
    self.location = location
    self.found = found
    self.expected = expected
  }
}

/// Bounds on what a template may take: it is as hostile as any other part of a file.
enum TemplateLimits {
  static let sourceBytes = 1 << 20
  /// Of expressions and blocks in one another, and of macros that call macros.
  static let depth = 64
  /// Nodes looked at in one rendering.
  static let steps = 4_000_000
  /// Of the text, and of every string on the way.
  static let bytes = 1 << 26
  static let elements = 1 << 20
}
