import Dispatch
import Synchronization

/// A gate at which the passes of a cloud wait: they ask before KV caches take memory.
final class Gate: Sendable {
  private let state = Mutex((isOpen: false, wasPassed: false))
  private let opened = DispatchSemaphore(value: 0)

  /// Whether a pass has gone on, because the gate was opened or it had waited for long enough.
  var wasPassed: Bool { state.withLock(\.wasPassed) }

  /// Waits until the gate is open, or for 20 seconds: a test that needs it open fails and does not hang.
  ///
  /// - Returns: true.
  @Sendable func wait(_ bytes: Int) -> Bool {
    if !state.withLock({ $0.isOpen }) {
      _ = opened.wait(timeout: .now() + 20)
      opened.signal()
    }
    state.withLock { $0.wasPassed = true }
    return true
  }

  func open() {
    state.withLock { $0.isOpen = true }
    opened.signal()
  }
}
