import Synchronization

/// The bytes that transfers at the same time have moved, of those that they are to move.
package final class TransferProgress: Sendable {
  private let state = Mutex((done: 0, total: 0))
  private let show: @Sendable (_ done: Int, _ total: Int) -> Void

  package init(_ show: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }) {
    self.show = show
  }

  func expect(_ bytes: Int) {
    state.withLock { $0.total += bytes }
  }

  /// Notes bytes that were moved; less than none where a transfer begins again.
  func advance(_ bytes: Int) {
    let now = state.withLock { state in
      state.done += bytes
      return state
    }
    show(now.done, now.total)
  }
}
