/// What is wrong with a regular expression, or what of it is not supported.
package struct PatternFault: Error {
  /// The place in the expression, in characters (scalars) from 1.
  package var column: Int
  package var found: String
  package var expected: String
}
