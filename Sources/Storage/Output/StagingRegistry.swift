import Synchronization

/// The staged outputs of this process, so that a signal can abandon them all.
package final class StagingRegistry: Sendable {
  package static let shared = StagingRegistry()

  private struct State {
    var live: Set<String> = []
    var isClosed = false
  }

  private let state = Mutex(State())

  package init() {}

  /// Makes something staged and notes its path in one step: nothing is made that a signal would miss.
  func register<Rest>(
    for target: String, _ make: () throws -> (path: String, Rest)
  ) throws -> (String, Rest) {
    try whileOpen(target) { state in
      let made = try make()
      state.live.insert(made.path)
      return made
    }
  }

  func deregister(_ path: String) { state.withLock { _ = $0.live.remove(path) } }

  /// Puts outputs in place: a signal abandons them all before, or none.
  func publish(_ target: String, _ body: () throws -> Void) throws {
    try whileOpen(target) { _ in try body() }
  }

  private func whileOpen<Result>(
    _ target: String, _ body: (inout State) throws -> Result
  ) throws -> Result {
    try state.withLock { state in
      guard !state.isClosed else {
        throw OutputError(path: target, reason: "the work was interrupted")
      }
      return try body(&state)
    }
  }

  /// Removes everything staged in this process, so that a process that a signal ends leaves nothing;
  /// from now on nothing is staged and nothing put in place. Safe from any thread, not from a signal
  /// handler. Waits for a publication that has begun: that is a few renames.
  package func abandonAll() {
    state.withLock { state in
      state.isClosed = true
      for path in state.live { Self.remove(path) }
      state.live = []
    }
  }

  /// Tries several times: a writer may still be at work in a directory and make a file meanwhile.
  private static func remove(_ path: String) {
    for _ in 0..<10 {
      do { return try FileSystem.removeTree(path) } catch { continue }
    }
  }
}
