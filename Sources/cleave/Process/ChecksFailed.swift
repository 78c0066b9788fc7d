import CleaveStorage

/// A command ran to its end and what it checked does not hold. The report that it printed says what.
struct ChecksFailed: ExitStatusError {
  var description: String { "" }
  var exitStatus: ExitStatus { .checkFailed }
}
