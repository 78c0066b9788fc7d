import DequeModule
import Synchronization

/// The messages that have arrived on a link, for one reader, whose wait for the next may be cancelled.
package final class MessageQueue: Sendable {
  private struct State {
    private var messages: Deque<Message> = []
    /// Bytes of the messages.
    private var bytes = 0
    /// The writer that waits for room.
    var writer: CheckedContinuation<Void, Never>?
    var reader: CheckedContinuation<Message, any Error>?
    /// The number of waits so far: a timer ends only the wait that it was made for.
    var turn = 0
    /// The reason why no more will come.
    var end: (any Error)?

    var isFull: Bool { messages.count >= mostMessages || bytes >= mostBytes }

    mutating func append(_ message: Message) {
      messages.append(message)
      bytes += message.wireBytes
    }

    /// - Returns: the next message, and the writer, where there is room for what it has.
    mutating func popFirst() -> (message: Message, writer: CheckedContinuation<Void, Never>?)? {
      guard let message = messages.popFirst() else { return nil }
      bytes -= message.wireBytes
      return (message, isFull ? nil : writer.take())
    }
  }

  /// The most messages that wait, and their bytes, for a writer that heeds `waitForRoom`.
  private static let (mostMessages, mostBytes) = (4096, 1 << 24)

  private let state = Mutex(State())

  package init() {}

  package func put(_ message: Message) {
    let reader = state.withLock { state -> CheckedContinuation<Message, any Error>? in
      guard state.end == nil else { return nil }
      guard let reader = state.reader else {
        state.append(message)
        return nil
      }
      state.reader = nil
      return reader
    }
    reader?.resume(returning: message)
  }

  /// Ends the queue: nothing comes after what is here.
  package func finish(_ error: any Error = LinkClosed()) {
    takeReader { if $0.end == nil { $0.end = error } }?.resume(throwing: error)
    state.withLock { $0.writer.take() }?.resume()
  }

  /// Whether a writer should wait.
  package var isFull: Bool { state.withLock { $0.isFull } }

  /// Waits until there is room for more messages, or none will be taken any more. One writer waits at a time.
  package func waitForRoom() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state in
          // A writer that is cancelled already would not be woken.
          guard state.isFull, state.end == nil, !Task.isCancelled else { return false }
          precondition(state.writer == nil, "two writers of one connection")
          state.writer = continuation
          return true
        }
        if !mustWait { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.writer.take() }?.resume()
    }
  }

  /// Takes the next message without waiting.
  ///
  /// - Returns: nil when there is none.
  /// - Throws: what the queue was finished with.
  package func poll() throws -> Message? {
    let next = try state.withLock { state in
      let next = state.popFirst()
      if next == nil, let end = state.end { throw end }
      return next
    }
    next?.writer?.resume()
    return next?.message
  }

  /// Waits for the next message.
  ///
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

  /// Waits for the next message for a limited time. A message that comes later is not lost: the next call takes
  /// it.
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

  /// Removes the reader who waits, if it is the one of this turn.
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

  /// - Returns: the next message or the end; nil when the reader has been kept to wait.
  private func next(
    or reader: CheckedContinuation<Message, any Error>
  ) -> Result<Message, any Error>? {
    var writer: CheckedContinuation<Void, Never>?
    defer { writer?.resume() }
    return state.withLock { state in
      state.turn += 1
      if let next = state.popFirst() {
        writer = next.writer
        return .success(next.message)
      }
      if let end = state.end { return .failure(end) }
      // A reader that is cancelled already would not be woken.
      if Task.isCancelled { return .failure(CancellationError()) }
      precondition(state.reader == nil, "two readers of one connection")
      state.reader = reader
      return nil
    }
  }
}
