extension Rehearsal.Report {
  /// The part of a promise that should be used where the data allow it.
  public static let tight = 0.7
  /// Of a normal distribution: one in a thousand lies beyond.
  private static let quantile = 3.1

  /// Whether the promise was broken no more often than it may, but for chance: over draws from a
  /// population whose risk is known, and over disjoint splits, whose other halves have a noise of their own.
  public var isKept: Bool { isKept(draws) && isKept(splits) }

  /// Whether most of the promised risk is used: a promise that is kept by asking the cloud for everything is
  /// no achievement.
  public var isTight: Bool { draws.risk >= Self.tight * promise.risk }

  private func isKept(_ draws: Rehearsal.Draws) -> Bool {
    let count = Double(draws.draws)
    guard let delta = promise.delta else {
      // Of the expectation: the mean over calibrations, each at most 1 off.
      return draws.risk <= promise.risk * (1 + Self.quantile / count.squareRoot())
    }
    let most = count * delta
    return Double(draws.broken) <= most + Self.quantile * (most * (1 - delta)).squareRoot()
  }
}
