import Glibc

/// How long it takes until the first token can be computed, by stage, in seconds.
struct OpeningTimes {
  private(set) var stages: [(name: String, seconds: Double)]
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant

  /// The first stage, `process`, is what came before this: loading the program and reading its
  /// options. It is the processor's time: nothing says finely enough when a process was created.
  init() {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    stages = [("process", Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)]
    last = clock.now
  }

  /// The time since the stage before.
  mutating func finish(_ stage: String) {
    let now = clock.now
    stages.append((stage, (now - last) / .seconds(1)))
    last = now
  }

  var total: Double { stages.reduce(0) { $0 + $1.seconds } }
}
