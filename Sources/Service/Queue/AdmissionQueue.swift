import Synchronization

/// Lets so many requests run at a time, and as many more wait in their order. A request beyond that is refused.
package final class AdmissionQueue: Sendable {
  private struct State {
    var isOpen = true
    var next: UInt64 = 0
    var running: Set<UInt64> = []
    /// The requests that wait, in the order in which they came.
    var waiting: [UInt64] = []
    var wakers: [UInt64: CheckedContinuation<Void, any Error>] = [:]
  }

  private let running: Int
  private let waiting: Int
  private let state = Mutex(State())

  /// - Parameters:
  ///   - running: the most requests at a time, at least 1.
  ///   - waiting: the most that wait.
  package init(running: Int, waiting: Int) {
    precondition(running > 0 && waiting >= 0)
    self.running = running
    self.waiting = waiting
  }

  package var counts: (running: Int, waiting: Int) {
    state.withLock { ($0.running.count, $0.waiting.count) }
  }
  package var isOpen: Bool { state.withLock { $0.isOpen } }

  /// Refuses requests from now on, and those that wait; those that run go on.
  package func close() {
    let wakers = state.withLock { state in
      state.isOpen = false
      let waiting = state.waiting
      state.waiting = []
      return waiting.compactMap { state.wakers.removeValue(forKey: $0) }
    }
    for waker in wakers { waker.resume(throwing: APIError.stopping) }
  }

  /// Takes a place, which is given back when the ticket is gone.
  ///
  /// - Throws: `APIError` busy, or stopping after `close`.
  package func take() throws(APIError) -> Ticket {
    let id = state.withLock { state -> Result<UInt64, APIError> in
      guard state.isOpen else { return .failure(.stopping) }
      state.next += 1
      if state.running.count < running, state.waiting.isEmpty {
        state.running.insert(state.next)
      } else if state.waiting.count < waiting {
        state.waiting.append(state.next)
      } else {
        return .failure(.busy)
      }
      return .success(state.next)
    }
    return Ticket(id: try id.get(), queue: self)
  }

  /// A place in the queue.
  package final class Ticket: Sendable {
    private let id: UInt64
    private let queue: AdmissionQueue

    fileprivate init(id: UInt64, queue: AdmissionQueue) {
      self.id = id
      self.queue = queue
    }

    deinit { queue.finish(id) }

    /// Waits until the request may run. May be called once.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    package func wait() async throws { try await queue.wait(id) }
    /// Gives the place back.
    package func finish() { queue.finish(id) }
  }

  private enum Turn {
    case now, later
    /// The queue was closed before the request's turn came.
    case never
  }

  private func wait(_ id: UInt64) async throws {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { waker in
        let turn = state.withLock { state -> Turn in
          if Task.isCancelled || state.running.contains(id) { return .now }
          guard state.waiting.contains(id) else { return .never }
          state.wakers[id] = waker
          return .later
        }
        switch turn {
        case .now: waker.resume()
        case .never: waker.resume(throwing: APIError.stopping)
        case .later: break
        }
      }
      try Task.checkCancellation()
    } onCancel: {
      finish(id)
    }
  }

  private func finish(_ id: UInt64) {
    let wakers = state.withLock { state in
      state.running.remove(id)
      state.waiting.removeAll { $0 == id }
      var wakers = state.wakers.removeValue(forKey: id).map { [$0] } ?? []
      while state.running.count < running, !state.waiting.isEmpty {
        let next = state.waiting.removeFirst()
        state.running.insert(next)
        if let waker = state.wakers.removeValue(forKey: next) { wakers.append(waker) }
      }
      return wakers
    }
    for waker in wakers { waker.resume() }
  }
}
