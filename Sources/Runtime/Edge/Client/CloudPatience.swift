/// The rule of when an edge that does not wait asks its cloud: after several late answers in a row it leaves the
/// cloud alone for a while, for twice as long each time.
package struct CloudPatience {
  /// Late answers in a row after which the cloud is left alone.
  package static let mostLate = 3
  package static let firstPause = Duration.milliseconds(500)
  package static let longestPause = Duration.seconds(30)

  private var late = 0
  private var pause = Self.firstPause
  /// The time until which the cloud is not asked; nil when it is not left alone.
  private var until: ContinuousClock.Instant?

  package init() {}

  /// Whether the edge answers alone, apart from a request now and then that tests whether the cloud is back.
  package var isAway: Bool { until != nil }

  package func mayAsk(now: ContinuousClock.Instant) -> Bool { until.map { now >= $0 } ?? true }

  /// Counts a late answer.
  ///
  /// - Returns: whether the edge leaves the cloud alone from now on.
  package mutating func wasLate(now: ContinuousClock.Instant) -> Bool {
    late += 1
    guard isAway || late >= Self.mostLate else { return false }
    return leave(now: now)
  }

  /// Leaves the cloud alone for a while: an answer was late again, or there is no connection.
  ///
  /// - Returns: whether the edge leaves the cloud alone from now on.
  package mutating func leave(now: ContinuousClock.Instant) -> Bool {
    defer { pause = min(pause * 2, Self.longestPause) }
    let isNew = !isAway
    until = now + pause
    return isNew
  }

  /// Counts an answer in time, after which the cloud is no longer left alone.
  ///
  /// - Returns: whether it was.
  package mutating func wasAnswered() -> Bool {
    defer { self = CloudPatience() }
    return isAway
  }
}
