import Synchronization

/// Messages that have arrived, for one reader, who waits for the next and may be cancelled.
public final class MessageQueue: Sendable {
  private struct State {
    var messages: [Message] = []
    var reader: CheckedContinuation<Message, any Error>?
    /// Why no more will come.
    var end: (any Error)?
  }

  private let state = Mutex(State())

  public init() {}

  public func put(_ message: Message) {
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
  public func finish(_ error: any Error = LinkClosed()) {
    let reader = state.withLock { state -> CheckedContinuation<Message, any Error>? in
      if state.end == nil { state.end = error }
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume(throwing: error)
  }

  /// - Throws: what the queue was finished with, `CancellationError`.
  public func take() async throws -> Message {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        guard let result = next(or: continuation) else { return }
        continuation.resume(with: result)
      }
    } onCancel: {
      let reader = state.withLock { state -> CheckedContinuation<Message, any Error>? in
        defer { state.reader = nil }
        return state.reader
      }
      reader?.resume(throwing: CancellationError())
    }
  }

  /// What is there, or nil when the reader has been put down to wait.
  private func next(
    or reader: CheckedContinuation<Message, any Error>
  ) -> Result<Message, any Error>? {
    state.withLock { state in
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
