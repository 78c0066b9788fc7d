import CleaveStorage

/// A connection to a cloud, as the edge sees it, for one session: messages go out in order without waiting, and
/// come in one at a time.
package protocol CloudLink: Sendable {
  /// Sends a message, without waiting for it to go out.
  func send(_ message: Message)
  /// Waits for the next message from the cloud. One caller waits at a time.
  ///
  /// - Throws: `LinkClosed` when none will come.
  func receive() async throws -> Message
  /// Waits for the next message for a limited time. A message that comes later is not lost.
  ///
  /// - Parameter limit: nil waits for ever.
  /// - Throws: `DeadlineExceeded`, and what `receive()` throws.
  func receive(within limit: Duration?) async throws -> Message
  /// Takes the next message without waiting; nil where none is here.
  func poll() throws -> Message?
  func close()
  /// Waits until the other end has ended a link that was closed, for about a second at most.
  func closed() async
}

extension CloudLink {
  /// Waits without a limit: for links whose replies come as soon as they are asked for.
  package func receive(within limit: Duration?) async throws -> Message { try await receive() }
  package func poll() throws -> Message? { nil }
  package func closed() async {}
}

/// The error of a link that has ended.
package struct LinkClosed: ExitStatusError, Sendable {
  /// Why it ended, where that is known.
  package let reason: String?

  package init(_ reason: String? = nil) { self.reason = reason }

  package var description: String {
    "the connection to the cloud is closed" + (reason.map { ": \($0)" } ?? "")
  }

  package var exitStatus: ExitStatus { .cloudFailed }
}
