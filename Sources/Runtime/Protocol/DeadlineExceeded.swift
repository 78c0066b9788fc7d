import CleaveStorage

/// The cloud did not reply in time.
package struct DeadlineExceeded: ExitStatusError, Equatable, Sendable {
  package let limit: Duration
  package var description: String { "no reply from the cloud within \(limit)" }
  package var exitStatus: ExitStatus { .cloudFailed }
}
