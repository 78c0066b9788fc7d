import Glibc

/// The time from the start of the process until the first token can be computed, by stage.
package struct OpeningTimes: Sendable {
  package private(set) var stages: [(name: String, seconds: Double)]
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant

  /// Begins with the stage `process`: loading the program and reading its options, in processor
  /// time, because nothing says finely enough when a process was created.
  package init() {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    stages = [("process", Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)]
    last = clock.now
  }

  /// Ends a stage, which began where the one before it ended.
  package mutating func finish(_ stage: String) {
    let now = clock.now
    stages.append((stage, (now - last) / .seconds(1)))
    last = now
  }

  package var total: Double { stages.reduce(0) { $0 + $1.seconds } }
}
