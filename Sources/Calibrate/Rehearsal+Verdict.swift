import Glibc

extension Rehearsal.Report {
  /// The part of a promise that should be used where the data allow it.
  package static let tight = 0.7
  /// Of a normal distribution: one in a thousand lies beyond.
  private static let quantile = 3.1

  /// Whether the promise was broken no more often than it may, but for chance.
  package var isKept: Bool {
    isKept(draws, share: promise.delta) && isKept(splits, share: splitsShare)
  }

  /// Whether most of the promised risk is used: a promise that is kept by asking the cloud for everything is
  /// no achievement.
  package var isTight: Bool { draws.risk >= Self.tight * promise.risk }

  /// The most splits that a promise allows to be above it, of which delta is the part that is the
  /// calibration's. The other prompts' mean has a noise of its own, and is the higher the luckier the
  /// calibration's prompts were: with a part f of the prompts calibrated on, the two means are apart by
  /// 1 / sqrt(1 - f) of the deviation that the test allowed for. So delta becomes the normal tail beyond
  /// z(delta) sqrt(1 - f); nil for a promise in expectation.
  package var splitsShare: Double? {
    promise.delta.map {
      let rest = 1 - Double(calibrationPrompts) / Double(populationPrompts)
      return Self.tail(beyond: Self.deviate(tail: $0) * rest.squareRoot())
    }
  }

  private func isKept(_ draws: Rehearsal.Draws, share: Double?) -> Bool {
    let count = Double(draws.draws)
    guard let share else {
      // Of the expectation: the mean over calibrations, each at most 1 off.
      return draws.risk <= promise.risk * (1 + Self.quantile / count.squareRoot())
    }
    let most = count * share
    return Double(draws.broken) <= most + Self.quantile * (most * (1 - share)).squareRoot()
  }

  /// What of a standard normal distribution lies beyond.
  private static func tail(beyond deviate: Double) -> Double { erfc(deviate / 2.squareRoot()) / 2 }

  /// Beyond which this part of a standard normal distribution lies.
  private static func deviate(tail part: Double) -> Double {
    var (low, high) = (-9.0, 9.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if tail(beyond: middle) > part { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
