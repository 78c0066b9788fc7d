import CleaveStorage

/// A connection to the cloud as the edge sees it, of one session: messages go out in order without waiting,
/// messages come in one at a time.
package protocol CloudLink: Sendable {
  /// Hands a message over and returns at once.
  func send(_ message: Message)
  /// The next message from the cloud. One caller waits at a time.
  ///
  /// - Throws: `LinkClosed` when none will come.
  func receive() async throws -> Message
  /// The same for a while. A message that comes later is not lost.
  ///
  /// - Throws: `DeadlineExceeded`.
  func receive(within limit: Duration?) async throws -> Message
  /// The next message where it is here already.
  func poll() throws -> Message?
  func close()
}

extension CloudLink {
  /// For links whose replies come as soon as they are asked for.
  package func receive(within limit: Duration?) async throws -> Message { try await receive() }
  package func poll() throws -> Message? { nil }
}

package struct LinkClosed: ExitStatusError, Sendable {
  /// What happened to it, where that is known.
  package let reason: String?

  package init(_ reason: String? = nil) { self.reason = reason }

  package var description: String {
    "the connection to the cloud is closed" + (reason.map { ": \($0)" } ?? "")
  }

  package var exitStatus: ExitStatus { .cloudFailed }
}
