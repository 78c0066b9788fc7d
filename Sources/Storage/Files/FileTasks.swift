import Dispatch
import Synchronization

/// Tasks on several files, which threads in the background begin at once: each takes the next that none has begun.
package final class FileTasks<Value: Sendable>: Sendable {
  private struct State {
    /// The first task that no thread has begun.
    var next = 0
    var outcomes: [Result<Value, any Error>?]
  }

  private let body: @Sendable (_ file: Int) throws -> Value
  private let state: Mutex<State>
  /// The threads that are at work.
  private let working = DispatchGroup()

  /// - Parameter threads: the most that work in the background, as far as the system starts any.
  package init(
    count: Int, threads: Int, body: @escaping @Sendable (_ file: Int) throws -> Value
  ) {
    self.body = body
    state = Mutex(State(outcomes: Array(repeating: nil, count: count)))
    for _ in 0..<max(0, min(count, threads)) {
      DispatchQueue.global().async { [self] in work() }
    }
  }

  /// Does tasks until every one has been begun.
  private func work() {
    working.enter()
    defer { working.leave() }
    while let index = begin() {
      let outcome = Result { try body(index) }
      state.withLock { $0.outcomes[index] = outcome }
    }
  }

  private func begin() -> Int? {
    state.withLock { state in
      guard state.next < state.outcomes.count else { return nil }
      state.next += 1
      return state.next - 1
    }
  }

  /// Waits for all tasks, and does those on this thread that no other has begun: they end even where the system starts no
  /// more threads.
  ///
  /// - Returns: what the tasks gave, in the order of the files.
  /// - Throws: the error of the first file that has one, after all have ended.
  package func finish() throws -> [Value] {
    work()
    working.wait()
    return try state.withLock { $0.outcomes }.compactMap { try $0?.get() }
  }

  /// Waits for all tasks, the threads in the background first.
  ///
  /// - Parameter waiting: called now and then while they work.
  package func finish(waiting: () -> Void) throws -> [Value] {
    while working.wait(timeout: .now() + .milliseconds(100)) == .timedOut { waiting() }
    return try finish()
  }

  /// Begins no more tasks. What has been begun goes on, and nobody learns what came of it.
  package func abandon() {
    state.withLock { $0.next = $0.outcomes.count }
  }
}
