/// A cloud that does not take this client, or is none: trying again would not help.
package struct RemoteRefused: Error, Sendable, CustomStringConvertible {
  package let reason: String

  package init(_ reason: String) { self.reason = reason }

  package var description: String { "the cloud cannot be used: \(reason)" }
}
