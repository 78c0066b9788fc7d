/// An error in a template, with its location.
struct TemplateFault: Error {
  struct Location: Equatable, Sendable {
    /// The line and column, both counted from 1.
    var line: Int
    var column: Int
  }

  var location: Location
  var found: String
  var expected: String

  init(_ location: Location, _ found: String, expected: String) {
    self.location = location
    self.found = found
    self.expected = expected
  }
}
