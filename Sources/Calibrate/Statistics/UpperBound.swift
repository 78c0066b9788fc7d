import CleaveModel

/// An upper confidence bound of the expected loss: it holds with probability at least 1 - delta over the prompts.
package enum UpperBound {
  /// The smallest risk that a test still rejects at `delta`, by bisection; 1 where it rejects none. Every p-value
  /// used falls as the risk rises; otherwise a risk above the first crossing might be missed. For `betting` it
  /// is the p-value of the wealth alone, without what `RiskTest` adds for losses that are all 0.
  ///
  /// - Parameters: as `RiskTest`'s.
  package static func of(
    _ losses: [Double], delta: Double, procedure: CalibrationPromise.Procedure, prior: [Double]
  ) -> Double {
    guard !losses.isEmpty else { return 1 }
    let pValue = pValues(losses, delta: delta, procedure: procedure, prior: prior)
    var (low, high) = (0.0, 1.0)
    for _ in 0..<50 {
      let middle = (low + high) / 2
      if pValue(middle) <= delta { high = middle } else { low = middle }
    }
    return high
  }

  /// The p-value as a function of the risk.
  private static func pValues(
    _ losses: [Double], delta: Double, procedure: CalibrationPromise.Procedure, prior: [Double]
  ) -> (Double) -> Double {
    precondition((losses + prior).allSatisfy { $0 >= 0 && $0 <= 1 }, "a loss outside of 0...1")
    guard procedure == .betting else {
      return {
        RiskTest(procedure: procedure, risk: $0, delta: delta).pValue(losses, prior: prior)
      }
    }
    let betting = Betting(on: losses, prior: prior, delta: delta)
    return { betting.pValue(losses, risk: $0) }
  }
}
