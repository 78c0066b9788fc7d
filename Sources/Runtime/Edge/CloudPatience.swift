/// When an edge that does not wait asks its cloud: after several late answers in a row it leaves the cloud
/// alone for a while, and for longer each time.
package struct CloudPatience {
  package static let mostLate = 3
  package static let firstPause = Duration.milliseconds(500)
  package static let longestPause = Duration.seconds(30)

  private var late = 0
  private var pause = Self.firstPause
  /// Until when nobody is asked.
  private var until: ContinuousClock.Instant?

  package init() {}

  /// Whether the edge answers alone, but for a question now and then that shows whether the cloud is back.
  package var isAway: Bool { until != nil }

  package func mayAsk(now: ContinuousClock.Instant) -> Bool { until.map { now >= $0 } ?? true }

  /// - Returns: whether the edge leaves the cloud alone from now on.
  package mutating func wasLate(now: ContinuousClock.Instant) -> Bool {
    late += 1
    guard isAway || late >= Self.mostLate else { return false }
    return leave(now: now)
  }

  /// There is no connection.
  ///
  /// - Returns: whether the edge leaves the cloud alone from now on.
  package mutating func leave(now: ContinuousClock.Instant) -> Bool {
    defer { pause = min(pause * 2, Self.longestPause) }
    let isNew = !isAway
    until = now + pause
    return isNew
  }

  /// - Returns: whether the edge was away.
  package mutating func wasAnswered() -> Bool {
    defer { self = CloudPatience() }
    return isAway
  }
}

/// What happens to a session between edge and cloud.
package enum CloudEvent: Equatable, Sendable, CustomStringConvertible {
  /// The connection has ended.
  case lost(String)
  /// There is one again.
  case connected
  /// The edge answers alone.
  case standalone
  /// The cloud is asked again.
  case collaborative

  package var description: String {
    switch self {
    case .lost(let reason): "the connection is lost: \(reason)"
    case .connected: "connected to the cloud"
    case .standalone: "the cloud does not answer in time: standalone"
    case .collaborative: "the cloud answers: collaborative"
    }
  }
}
