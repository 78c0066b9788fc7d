#if Network
  import CleaveRuntime
  import Synchronization

  /// Whether a cloud takes sessions, those it has, and those who want to be told.
  package final class ServingState: Sendable {
    private struct State {
      var isServing = true
      var next: UInt64 = 0
      /// How to end each session.
      var sessions: [UInt64: @Sendable (Message.Refusal) -> Void] = [:]
      var watchers: [UInt64: AsyncStream<Bool>.Continuation] = [:]
    }

    private let state = Mutex(State())

    static let leaving = Message.Refusal(code: .unavailable, text: "this cloud is shutting down")

    package var isServing: Bool { state.withLock { $0.isServing } }
    package var sessionCount: Int { state.withLock { $0.sessions.count } }

    /// - Parameter end: refuses what comes next.
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

    /// From now on no session is taken.
    func drain() {
      let watchers = state.withLock { state in
        state.isServing = false
        return Array(state.watchers.values)
      }
      for watcher in watchers { watcher.yield(false) }
    }

    /// Ends the sessions that are left; their clients may go elsewhere.
    func endAll() {
      for end in state.withLock({ Array($0.sessions.values) }) { end(Self.leaving) }
    }

    func endWatchers() {
      for watcher in state.withLock({ Array($0.watchers.values) }) { watcher.finish() }
    }

    /// What `isServing` is, now and whenever it changes.
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
