/// The cloud did not reply in time.
public struct DeadlineExceeded: Error, Equatable, Sendable, CustomStringConvertible {
  public let limit: Duration
  public var description: String { "no reply from the cloud within \(limit)" }
}
