import CleaveStorage

/// The link between an edge and a cloud, and what the cloud's end of it costs. specs/profile.md is its
/// specification.
package struct LinkProfile: Sendable, Equatable {
  /// The time that a cloud takes for something of so many columns.
  package struct ServerTime: Sendable, Equatable {
    package var columns: Int
    package var seconds: Double

    package init(columns: Int, seconds: Double) {
      self.columns = columns
      self.seconds = seconds
    }
  }

  /// The bundle that the cloud serves, and what its head takes.
  package struct Server: Sendable, Equatable {
    package var modelID: String
    /// The block that its work begins with: 0 where it takes tokens.
    package var firstBlock: Int
    /// The head's time by the rows that it runs for, rising, at least that of one.
    package var head: [ServerTime]

    package init(modelID: String, firstBlock: Int, head: [ServerTime]) {
      self.modelID = modelID
      self.firstBlock = firstBlock
      self.head = head
    }
  }

  package static let schema = "cleave.link_profile"
  package static let version = 1

  package var origin: DeviceProfile.Origin
  /// The way in which it was measured, or where the figures are from, in words.
  package var method: String
  package var roundTripMilliseconds: Percentiles
  /// What a message and its reply take beyond the link's round trip, with nothing to compute; nil where unknown.
  package var requestMilliseconds: Percentiles?
  package var upBitsPerSecond: Double
  /// The rate that 95 % of the measurements reached; nil where unknown.
  package var upBitsPerSecondP95: Double?
  /// Nil where nothing large comes back.
  package var downBitsPerSecond: Double?
  package var downBitsPerSecondP95: Double?
  /// Core seconds of the server for each message besides what it computes; nil where unknown.
  package var messageSeconds: Double?
  /// The server's time to answer by the positions that a request brings, rising; empty where unknown.
  package var answers: [ServerTime] = []
  /// What `answers` are of; nil where that was not measured.
  package var server: Server?

  package init(
    origin: DeviceProfile.Origin, method: String, roundTripMilliseconds: Percentiles,
    upBitsPerSecond: Double
  ) {
    self.origin = origin
    self.method = method
    self.roundTripMilliseconds = roundTripMilliseconds
    self.upBitsPerSecond = upBitsPerSecond
  }
}
