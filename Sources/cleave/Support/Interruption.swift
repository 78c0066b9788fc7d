import CleaveModel
import Glibc
import Synchronization

/// Ctrl-C and termination. A command that can stop between two steps says so with `stopGently`; every
/// other one ends at once. Either way nothing half-written is left behind.
enum Interruption {
  private static let gentle = Atomic(false)
  private static let requested = Atomic(false)

  /// Takes the signals away from all threads and gives them to one that waits for them. Call before
  /// any other thread starts: threads inherit the mask.
  static func install() {
    var signals = signalSet()
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    var thread = pthread_t()
    pthread_create(&thread, nil, { _ in Interruption.wait() }, nil)
  }

  /// From now on the first signal only sets `isRequested`; the second ends the process.
  static func stopGently() { gentle.store(true, ordering: .releasing) }

  static var isRequested: Bool { requested.load(ordering: .acquiring) }

  /// What shells say of a process that Ctrl-C ended.
  static let exitCode: Int32 = 128 + SIGINT

  private static func signalSet() -> sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    return signals
  }

  private static func wait() -> Never {
    var signals = signalSet()
    while true {
      var signal: Int32 = 0
      guard sigwait(&signals, &signal) == 0 else { continue }
      if gentle.load(ordering: .acquiring),
        !requested.exchange(true, ordering: .acquiringAndReleasing)
      {
        continue
      }
      ArtifactWriter.abandonAll()
      _exit(128 + signal)
    }
  }
}
