/// An output that could not be written: its path and the reason. The tools report it and exit with code 3.
package struct OutputError: ExitStatusError, Equatable, Sendable {
  package let path: String
  package let reason: String

  package init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  package var description: String {
    "\(path.shown(limit: InputError.longestPath)): cannot write: \(reason)"
  }

  package var exitStatus: ExitStatus { .cannotWrite }
}
