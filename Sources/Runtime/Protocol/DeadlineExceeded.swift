import CleaveStorage

/// The error of a wait for the cloud that took too long.
package struct DeadlineExceeded: ExitStatusError, Equatable, Sendable {
  package let limit: Duration

  package init(limit: Duration) { self.limit = limit }

  package var description: String { "no reply from the cloud within \(limit)" }
  package var exitStatus: ExitStatus { .cloudFailed }
}
