import CleaveStorage
import Glibc
import Synchronization

/// The handling of SIGINT and SIGTERM. A command that can stop between two steps calls `stopGently`; any
/// other command ends at once. Neither leaves a partial output behind.
enum Interruption {
  private static let gentle = Atomic(false)
  private static let requested = Atomic(false)
  /// The pipe from the signal handler, which may do little more than write, to the waiting thread.
  private static let writeEnd = Atomic<Int32>(-1)
  private static let readEnd = Atomic<Int32>(-1)

  /// Installs the handlers, before anything is written. A signal that is ignored (nohup) stays ignored.
  static func install() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    readEnd.store(ends[0], ordering: .releasing)
    writeEnd.store(ends[1], ordering: .releasing)
    var thread = pthread_t()
    guard
      pthread_create(
        &thread, nil,
        { _ in
          Interruption.unblock()
          Interruption.wait()
        }, nil) == 0
    else { return }
    for number in [SIGINT, SIGTERM] {
      let before = signal(number) { number in
        var byte = UInt8(truncatingIfNeeded: number)
        _ = Glibc.write(Interruption.writeEnd.load(ordering: .acquiring), &byte, 1)
      }
      if unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
        signal(number, SIG_IGN)
      }
    }
  }

  /// Unblocks the signals on this thread; the parent process may have blocked them on every thread.
  private static func unblock() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Lets the first signal from now on only set `isRequested`; the second ends the process.
  static func stopGently() { gentle.store(true, ordering: .releasing) }

  static var isRequested: Bool { requested.load(ordering: .acquiring) }

  private static func wait() -> Never {
    while true {
      var number: UInt8 = 0
      guard read(readEnd.load(ordering: .acquiring), &number, 1) == 1 else { continue }
      let isFirst = !requested.exchange(true, ordering: .acquiringAndReleasing)
      if gentle.load(ordering: .acquiring), isFirst { continue }
      StagingRegistry.shared.abandonAll()
      _exit(128 + Int32(number))
    }
  }
}
