/// A cloud that does not take this client, or is none: trying again would not help.
public struct RemoteRefused: Error, Sendable, CustomStringConvertible {
  public let reason: String

  public init(_ reason: String) { self.reason = reason }

  public var description: String { "the cloud cannot be used: \(reason)" }
}
