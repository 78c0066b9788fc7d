import CleaveStorage

/// The error of a session that could not connect, however often it tried.
package struct GivenUp: ExitStatusError, Sendable {
  package let last: any Error
  package var description: String { "the cloud is gone: \(last)" }
  package var exitStatus: ExitStatus { .cloudFailed }
}
