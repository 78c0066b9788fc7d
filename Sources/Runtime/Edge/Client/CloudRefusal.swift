import CleaveStorage

/// The error of a session that the cloud has refused.
package struct CloudRefusal: ExitStatusError, Equatable, Sendable {
  package let refusal: Message.Refusal
  package var description: String { "the cloud refuses: \(refusal.text)" }
  package var exitStatus: ExitStatus { .cloudFailed }
}
