import Synchronization

/// Messages that have arrived, for one reader, who waits for the next and may be cancelled.
package final class MessageQueue: Sendable {
  private struct State {
    var messages: [Message] = []
    var reader: CheckedContinuation<Message, any Error>?
    /// Of the reader, among all there were.
    var turn = 0
    /// Why no more will come.
    var end: (any Error)?
  }

  private let state = Mutex(State())

  package init() {}

  package func put(_ message: Message) {
    let reader = state.withLock { state -> CheckedContinuation<Message, any Error>? in
      guard state.end == nil else { return nil }
      guard let reader = state.reader else {
        state.messages.append(message)
        return nil
      }
      state.reader = nil
      return reader
    }
    reader?.resume(returning: message)
  }

  /// Nothing comes after what is here.
  package func finish(_ error: any Error = LinkClosed()) {
    takeReader { if $0.end == nil { $0.end = error } }?.resume(throwing: error)
  }

  /// What is here already.
  ///
  /// - Throws: what the queue was finished with.
  package func poll() throws -> Message? {
    try state.withLock { state in
      if !state.messages.isEmpty { return state.messages.removeFirst() }
      if let end = state.end { throw end }
      return nil
    }
  }

  /// - Throws: what the queue was finished with, `CancellationError`.
  package func take() async throws -> Message {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        guard let result = next(or: continuation) else { return }
        continuation.resume(with: result)
      }
    } onCancel: {
      takeReader()?.resume(throwing: CancellationError())
    }
  }

  /// A message that comes when the time is over is not lost: it is there for the next who takes.
  ///
  /// - Throws: `DeadlineExceeded`, and what `take` throws.
  package func take(within limit: Duration?) async throws -> Message {
    guard let limit else { return try await take() }
    if let message = try poll() { return message }
    let turn = state.withLock { $0.turn + 1 }
    let timer = Task {
      try await Task.sleep(for: limit)
      takeReader(of: turn)?.resume(throwing: DeadlineExceeded(limit: limit))
    }
    defer { timer.cancel() }
    return try await take()
  }

  /// The reader who waits, if it is the one meant.
  private func takeReader(
    of turn: Int? = nil, _ body: (inout sending State) -> Void = { _ in }
  ) -> CheckedContinuation<Message, any Error>? {
    state.withLock { state in
      body(&state)
      guard turn == nil || turn == state.turn else { return nil }
      defer { state.reader = nil }
      return state.reader
    }
  }

  /// What is there, or nil when the reader has been put down to wait.
  private func next(
    or reader: CheckedContinuation<Message, any Error>
  ) -> Result<Message, any Error>? {
    state.withLock { state in
      state.turn += 1
      if !state.messages.isEmpty { return .success(state.messages.removeFirst()) }
      if let end = state.end { return .failure(end) }
      // Cancelled before it could be put down: nobody would wake it.
      if Task.isCancelled { return .failure(CancellationError()) }
      precondition(state.reader == nil, "two readers of one connection")
      state.reader = reader
      return nil
    }
  }
}
