import CleaveStorage

/// The error of a server that cannot listen, or whose listener has failed.
package struct ServeError: ExitStatusError, Sendable {
  package let description: String
  package init(_ description: String) { self.description = description }
  package var exitStatus: ExitStatus { .badInput }
}
