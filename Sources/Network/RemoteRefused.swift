import CleaveStorage

/// The error of a server that does not take this client, or is no cloud: trying again would not help.
package struct RemoteRefused: ExitStatusError, Sendable {
  package let reason: String

  package init(_ reason: String) { self.reason = reason }

  package var description: String { "the cloud cannot be used: \(reason)" }
  package var exitStatus: ExitStatus { .cloudFailed }
}
