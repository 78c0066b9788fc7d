/// A network between edge and cloud, the same both ways.
package struct LinkModel: Sendable {
  /// Bits per second.
  package var bandwidth: Double
  /// Seconds of a round trip, in addition to the time of the bytes.
  package var roundTrip: Double

  package init(bandwidth: Double, roundTrip: Double) {
    self.bandwidth = bandwidth
    self.roundTrip = roundTrip
  }

  func seconds(for bytes: Int) -> Double { Double(bytes) * 8 / bandwidth }
}

/// How much slower the edge and how much faster the cloud is than this machine, which plays both.
package struct MachineModel: Sendable {
  package var edgeSlowdown = 1.0
  package var cloudSpeedup = 1.0

  package init(edgeSlowdown: Double = 1, cloudSpeedup: Double = 1) {
    self.edgeSlowdown = edgeSlowdown
    self.cloudSpeedup = cloudSpeedup
  }
}
