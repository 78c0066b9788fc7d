import CleaveStorage
import CleaveSystem
import Glibc
import Synchronization

/// The handling of SIGINT and SIGTERM. A command that can stop between two steps calls `stopGently`; any
/// other command ends at once. Neither leaves a partial output behind, nor does a fault that is told: a mapped file that
/// was cut short, or no memory.
enum Interruption {
  private static let gentle = Atomic(false)
  /// The longest time that a gentle stop may take, in milliseconds; -1 for any.
  private static let patience = Atomic<Int32>(-1)
  /// The number of the first signal; 0 before it came.
  private static let first = Atomic<Int32>(0)
  /// The pipe from the signal handler, which may do little more than write, to the waiting thread.
  private static let writeEnd = Atomic<Int32>(-1)
  private static let readEnd = Atomic<Int32>(-1)

  /// Installs the handlers, before anything is written. A signal that is ignored (nohup) stays ignored.
  static func install() {
    // Who cannot wait for the thread below ends at once; what is staged then stays until the next run.
    cleave_tell_faults(-1, ExitStatus.badInput.rawValue)
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
    cleave_tell_faults(ends[1], ExitStatus.badInput.rawValue)
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
  ///
  /// - Parameter milliseconds: the time after the first signal in which the command is to end by
  ///   itself, or the process is ended; nil for any.
  static func stopGently(within milliseconds: Int32? = nil) {
    patience.store(milliseconds ?? -1, ordering: .releasing)
    gentle.store(true, ordering: .releasing)
  }

  static var isRequested: Bool { number != 0 }
  /// The number of the first signal; 0 before it came.
  static var number: Int32 { first.load(ordering: .acquiring) }

  private static func wait() -> Never {
    while true {
      var number: UInt8 = 0
      guard read(readEnd.load(ordering: .acquiring), &number, 1) == 1 else { continue }
      if isFault(Int32(number)) {
        StagingRegistry.shared.abandonAll()
        _exit(ExitStatus.badInput.rawValue)
      }
      let isFirst = first.compareExchange(
        expected: 0, desired: Int32(number), ordering: .acquiringAndReleasing
      ).exchanged
      if isFirst, gentle.load(ordering: .acquiring), hasTime() { continue }
      StagingRegistry.shared.abandonAll()
      _exit(128 + Int32(number))
    }
  }

  /// Whether a signal says that the process cannot go on, and not that somebody asked it to end.
  private static func isFault(_ number: Int32) -> Bool { number != SIGINT && number != SIGTERM }

  /// Waits for another signal or the end of the process.
  ///
  /// - Returns: false when neither came in time.
  private static func hasTime() -> Bool {
    let limit = patience.load(ordering: .acquiring)
    guard limit >= 0 else { return true }
    var pipe = pollfd(fd: readEnd.load(ordering: .acquiring), events: Int16(POLLIN), revents: 0)
    return poll(&pipe, 1, limit) != 0
  }
}
