/// Whether an edge that does not wait for its cloud has one to ask. Connections are made in the background; an
/// edge whose cloud is gone or slow answers alone for a while (`CloudPatience`).
struct CloudAvailability {
  private enum State {
    case connected
    case disconnected
    /// A background task is making a new connection.
    case connecting
  }

  private var state = State.connecting
  private var patience = CloudPatience()
  /// What a connection was refused with for good.
  private var fatal: (any Error)?
  /// Times that the edge began to answer alone.
  private(set) var standaloneSwitches = 0

  var isConnected: Bool { state == .connected }

  /// - Throws: what a connection was refused with for good.
  func check() throws {
    if let fatal { throw fatal }
  }

  func mayAsk(now: ContinuousClock.Instant) -> Bool { isConnected && patience.mayAsk(now: now) }

  // The results of the following say what the caller has to report.

  /// An answer did not come in time.
  ///
  /// - Returns: whether the edge answers alone from now on.
  mutating func noteLateAnswer(now: ContinuousClock.Instant) -> Bool {
    isConnected && count(patience.wasLate(now: now))
  }

  /// - Returns: whether the edge had been answering alone.
  mutating func noteAnswer() -> Bool { patience.wasAnswered() }

  /// The connection has ended.
  ///
  /// - Returns: whether the edge answers alone from now on.
  mutating func noteLoss(now: ContinuousClock.Instant) -> Bool {
    state = .disconnected
    return count(patience.leave(now: now))
  }

  /// - Returns: whether it is time to make a new connection, which then counts as begun.
  mutating func beginConnecting(now: ContinuousClock.Instant) -> Bool {
    guard state == .disconnected, patience.mayAsk(now: now) else { return false }
    state = .connecting
    return true
  }

  mutating func noteConnected() { state = .connected }

  /// A new connection was not to be had.
  ///
  /// - Parameter isFatal: whether trying again would not help.
  /// - Returns: whether the edge answers alone from now on.
  mutating func noteFailure(
    _ error: any Error, isFatal: Bool, now: ContinuousClock.Instant
  ) -> Bool {
    if isFatal { fatal = error }
    return noteLoss(now: now)
  }

  private mutating func count(_ isNewlyAlone: Bool) -> Bool {
    standaloneSwitches += isNewlyAlone ? 1 : 0
    return isNewlyAlone
  }
}
