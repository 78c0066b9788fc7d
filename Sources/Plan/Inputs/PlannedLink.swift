import CleaveModel

/// A link between a device and its cloud.
package struct PlannedLink: Equatable, Sendable {
  package var upBitsPerSecond: Double
  package var downBitsPerSecond: Double
  /// Seconds from a message to its reply, without any computing.
  package var roundTrip: Double

  package init(upBitsPerSecond: Double, downBitsPerSecond: Double, roundTrip: Double) {
    self.upBitsPerSecond = upBitsPerSecond
    self.downBitsPerSecond = downBitsPerSecond
    self.roundTrip = roundTrip
  }

  /// Reads a link as on a command line: `30Mbit,40ms`, or `10/100Mbit,40ms` where uploads are slower.
  package init?(text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 2, let rates = Self.rates(parts[0]),
      let seconds = Self.number(parts[1], units: [("ms", 0.001), ("s", 1)]), seconds <= 3600
    else { return nil }
    self.init(upBitsPerSecond: rates.up, downBitsPerSecond: rates.down, roundTrip: seconds)
  }

  /// Takes a link as it was measured: its median round trip, and its upload rate both ways where nothing came back.
  package init(_ profile: LinkProfile) {
    self.init(
      upBitsPerSecond: profile.upBitsPerSecond,
      downBitsPerSecond: profile.downBitsPerSecond ?? profile.upBitsPerSecond,
      roundTrip: profile.roundTripMilliseconds.p50 / 1000)
  }

  private static let rateUnits = [("kbit", 1e3), ("Mbit", 1e6), ("Gbit", 1e9)]

  private static func rates(_ text: Substring) -> (up: Double, down: Double)? {
    let sides = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let last = sides.last, sides.count <= 2, let down = number(last, units: rateUnits),
      down > 0
    else { return nil }
    guard sides.count == 2 else { return (down, down) }
    // The unit stands behind the second.
    let unit = rateUnits.first { last.hasSuffix($0.0) }?.0 ?? ""
    guard let up = number(sides[0] + unit, units: rateUnits), up > 0 else { return nil }
    return (up, down)
  }

  private static func number(_ text: Substring, units: [(String, Double)]) -> Double? {
    guard let unit = units.first(where: { text.hasSuffix($0.0) }),
      let number = Double(text.dropLast(unit.0.count)), number >= 0, number.isFinite
    else { return nil }
    return number * unit.1
  }
}

extension PlannedLink: CustomStringConvertible {
  package var description: String {
    func words(_ number: Double) -> String { Int(exactly: number).map { "\($0)" } ?? "\(number)" }
    let up = words(upBitsPerSecond / 1e6)
    let down = words(downBitsPerSecond / 1e6)
    return (up == down ? up : "\(up)/\(down)") + "Mbit,\(words(roundTrip * 1000))ms"
  }
}
