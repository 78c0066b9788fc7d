/// What is wrong with a regular expression, or what of it is not supported.
struct PatternFault: Error {
  /// The place in the expression, in characters (scalars) from 1.
  var column: Int
  var found: String
  var expected: String
}
