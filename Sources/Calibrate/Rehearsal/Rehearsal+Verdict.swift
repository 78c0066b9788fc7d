import Glibc

extension Rehearsal.Report {
  /// The share of the promised risk that a calibration should use where the data allow it.
  package static let tight = 0.7
  /// The quantile of a standard normal distribution beyond which one in a thousand lies.
  private static let quantile = 3.1

  /// Whether the promise was broken no more often than it may be, allowing for chance.
  package var isKept: Bool {
    isKept(draws, share: promise.delta) && isKept(splits, share: splitsShare)
  }

  /// Whether most of the promised risk is used. Asking the cloud for everything would keep any promise.
  package var isTight: Bool { draws.risk >= Self.tight * promise.risk }

  /// The largest share of splits in which the mean loss of the other prompts may exceed the promised risk; nil
  /// for a promise in expectation. It is more than delta, because that mean has noise of its own, and is the
  /// higher the luckier the draw of calibration prompts was. With a share f of the prompts calibrated on, the
  /// two means differ by 1 / sqrt(1 - f) of the deviation that the test allowed for. So delta becomes the normal
  /// tail beyond z(delta) sqrt(1 - f).
  package var splitsShare: Double? {
    promise.delta.map {
      let rest = 1 - Double(calibrationPrompts) / Double(populationPrompts)
      return Self.tail(beyond: Self.deviate(tail: $0) * rest.squareRoot())
    }
  }

  private func isKept(_ draws: Rehearsal.Draws, share: Double?) -> Bool {
    let count = Double(draws.draws)
    guard let share else {
      // A promise in expectation is of the mean over calibrations, each of which is at most 1 off.
      return draws.risk <= promise.risk * (1 + Self.quantile / count.squareRoot())
    }
    let most = count * share
    return Double(draws.broken) <= most + Self.quantile * (most * (1 - share)).squareRoot()
  }

  /// The probability of a standard normal distribution beyond a deviate.
  private static func tail(beyond deviate: Double) -> Double { erfc(deviate / 2.squareRoot()) / 2 }

  /// The deviate beyond which this share of a standard normal distribution lies.
  private static func deviate(tail part: Double) -> Double {
    var (low, high) = (-9.0, 9.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if tail(beyond: middle) > part { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
