/// The cloud did not reply in time.
package struct DeadlineExceeded: Error, Equatable, Sendable, CustomStringConvertible {
  package let limit: Duration
  package var description: String { "no reply from the cloud within \(limit)" }
}
