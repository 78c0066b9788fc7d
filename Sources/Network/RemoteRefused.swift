import CleaveStorage

/// A cloud that does not take this client, or is none: trying again would not help.
package struct RemoteRefused: ExitStatusError, Sendable {
  package let reason: String

  package init(_ reason: String) { self.reason = reason }

  package var description: String { "the cloud cannot be used: \(reason)" }
  package var exitStatus: ExitStatus { .cloudFailed }
}
