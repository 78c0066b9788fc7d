/// The times of a generation's start, first token and end.
package struct GenerationTiming: Sendable {
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var firstToken: ContinuousClock.Instant?
  private var end: ContinuousClock.Instant

  /// Starts the generation now.
  init() {
    start = clock.now
    end = start
  }

  /// Notes a token; only the first counts.
  mutating func tokenCame() { firstToken = firstToken ?? clock.now }

  mutating func finish() { end = clock.now }

  package var secondsToFirstToken: Double { ((firstToken ?? end) - start) / .seconds(1) }
  /// Seconds from the first token to the end.
  package var decodeSeconds: Double { (end - (firstToken ?? end)) / .seconds(1) }
}
