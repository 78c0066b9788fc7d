/// Thresholds, the promise that comes with them, and what they did on the calibration prompts.
package struct CalibrationMode: Equatable, Sendable {
  /// One threshold for each exit, in rising depth; an exit whose threshold is above 1 never answers. In the
  /// standalone mode the last exit answers whatever its threshold.
  package var thresholds: [Double]
  /// The promise; nil where only a measurement is known.
  package var promise: CalibrationPromise?
  /// Mean loss over the calibration prompts.
  package var risk: Double
  /// The bound that the expected loss is below, with probability 1 - `delta` over the measurement, where
  /// there is no promise.
  package var upperBound: UpperBound?
  /// The share of all tokens that the cloud gave; `exitShares` has that of each exit.
  package var cloudShare: Double
  package var exitShares: [Double]

  package struct UpperBound: Equatable, Sendable {
    package var risk: Double
    package var delta: Double

    package init(risk: Double, delta: Double) {
      self.risk = risk
      self.delta = delta
    }
  }

  package init(
    thresholds: [Double], promise: CalibrationPromise?, risk: Double, upperBound: UpperBound? = nil,
    cloudShare: Double, exitShares: [Double]
  ) {
    self.thresholds = thresholds
    self.promise = promise
    self.risk = risk
    self.upperBound = upperBound
    self.cloudShare = cloudShare
    self.exitShares = exitShares
  }
}
