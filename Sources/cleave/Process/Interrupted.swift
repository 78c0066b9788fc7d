import CleaveStorage
import Glibc

/// A command stopped because a signal asked it to, between two steps and with its results printed.
struct Interrupted: ExitStatusError {
  var description: String { "" }
  var exitStatus: ExitStatus { Interruption.number == SIGTERM ? .terminated : .interrupted }
}
