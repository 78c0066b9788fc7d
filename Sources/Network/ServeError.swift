import CleaveStorage

/// The server cannot listen, or its listener has failed.
package struct ServeError: ExitStatusError, Sendable {
  package let description: String
  init(_ description: String) { self.description = description }
  package var exitStatus: ExitStatus { .badInput }
}
