/// The server cannot listen, or its listener has failed.
package struct ServeError: Error, Sendable, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
