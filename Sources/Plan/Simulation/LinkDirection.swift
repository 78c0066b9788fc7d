/// One direction of a link: messages follow one another at its rate, and arrive half a round trip later.
struct LinkDirection: Sendable {
  let bitsPerSecond: Double
  /// Seconds from the last bit sent to its arrival.
  let delay: Double
  private var free = 0.0
  private(set) var bytes = 0

  init(bitsPerSecond: Double, delay: Double) {
    self.bitsPerSecond = bitsPerSecond
    self.delay = delay
  }

  /// Sends a message.
  ///
  /// - Returns: when it arrives.
  mutating func send(_ count: Int, at time: Double) -> Double {
    bytes += count
    free = max(free, time) + Double(count) * 8 / bitsPerSecond
    return free + delay
  }

  /// Both directions of a link.
  static func both(_ link: PlannedLink) -> (up: LinkDirection, down: LinkDirection) {
    (
      LinkDirection(bitsPerSecond: link.upBitsPerSecond, delay: link.roundTrip / 2),
      LinkDirection(bitsPerSecond: link.downBitsPerSecond, delay: link.roundTrip / 2)
    )
  }
}
