/// When the tokens of a generation came.
struct Timing {
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var firstToken: ContinuousClock.Instant?
  private var end: ContinuousClock.Instant

  init() {
    start = clock.now
    end = start
  }

  mutating func tokenCame() { firstToken = firstToken ?? clock.now }

  mutating func finish() { end = clock.now }

  var secondsToFirstToken: Double { ((firstToken ?? end) - start) / .seconds(1) }
  /// From the first token to the end.
  var decodeSeconds: Double { (end - (firstToken ?? end)) / .seconds(1) }
}
