#if Network
  import CleaveRuntime
  import Synchronization

  /// Whether a server takes sessions, the sessions it has, and the watchers of its health.
  package final class ServingState: Sendable {
    private struct State {
      var isServing = true
      var next: UInt64 = 0
      /// The function that ends each session.
      var sessions: [UInt64: @Sendable (Message.Refusal) -> Void] = [:]
      var watchers: [UInt64: AsyncStream<Bool>.Continuation] = [:]
    }

    private let state = Mutex(State())

    static let shuttingDown = Message.Refusal(
      code: .unavailable, text: "this cloud is shutting down")

    package var isServing: Bool { state.withLock { $0.isServing } }
    package var sessionCount: Int { state.withLock { $0.sessions.count } }

    /// Adds a session.
    ///
    /// - Parameter end: refuses the session's next message.
    /// - Returns: nil when no session is taken any more.
    func begin(end: @escaping @Sendable (Message.Refusal) -> Void) -> UInt64? {
      state.withLock {
        guard $0.isServing else { return nil }
        $0.next += 1
        $0.sessions[$0.next] = end
        return $0.next
      }
    }

    func finish(_ session: UInt64) {
      state.withLock { _ = $0.sessions.removeValue(forKey: session) }
    }

    /// Takes no session from now on.
    func drain() {
      let watchers = state.withLock { state in
        state.isServing = false
        return Array(state.watchers.values)
      }
      for watcher in watchers { watcher.yield(false) }
    }

    /// Refuses the sessions that are left; their clients may go to another cloud.
    func endAll() {
      for end in state.withLock({ Array($0.sessions.values) }) { end(Self.shuttingDown) }
    }

    func endWatchers() {
      for watcher in state.withLock({ Array($0.watchers.values) }) { watcher.finish() }
    }

    /// The values of `isServing`, now and whenever it changes.
    func changes() -> AsyncStream<Bool> {
      let (stream, watcher) = AsyncStream<Bool>.makeStream()
      let id = state.withLock { state in
        state.next += 1
        state.watchers[state.next] = watcher
        watcher.yield(state.isServing)
        return state.next
      }
      watcher.onTermination = { [weak self] _ in
        self?.state.withLock { _ = $0.watchers.removeValue(forKey: id) }
      }
      return stream
    }
  }
#endif
