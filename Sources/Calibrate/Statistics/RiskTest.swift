import CleaveModel
import Glibc

/// A test of the hypothesis that the expected loss of a prompt is above `risk`.
///
/// If it is, the p-value is at most `delta` with probability at most `delta` over the prompts, for each
/// `delta`. specs/calibration.md has the formulas.
package struct RiskTest {
  package let procedure: CalibrationPromise.Procedure
  package let risk: Double
  package let delta: Double

  /// - Parameters:
  ///   - procedure: not `conformal`, which has no p-values (`ConformalControl`).
  ///   - risk, delta: between 0 and 1, neither included.
  package init(procedure: CalibrationPromise.Procedure, risk: Double, delta: Double) {
    precondition(procedure != .conformal, "conformal risk control has no p-values")
    precondition(risk > 0 && risk < 1 && delta > 0 && delta < 1)
    self.procedure = procedure
    self.risk = risk
    self.delta = delta
  }

  /// - Parameters:
  ///   - losses: the loss of each prompt, in 0...1, in an order that does not depend on them; for `binomial`
  ///     each 0 or 1 (`isBinary`).
  ///   - prior: losses of other prompts, which may set the bets but are not tested.
  /// - Returns: the p-value; 1 for no losses.
  package func pValue(_ losses: [Double], prior: [Double]) -> Double {
    precondition((losses + prior).allSatisfy { $0 >= 0 && $0 <= 1 }, "a loss outside of 0...1")
    guard !losses.isEmpty else { return 1 }
    switch procedure {
    case .betting:
      return betting(losses, prior: prior)
    case .hoeffdingBentkus:
      return HoeffdingBentkus.pValue(losses, risk: risk)
    case .binomial, .conformal:
      precondition(Self.isBinary(losses), "a binomial test of losses other than 0 and 1")
      return Binomial(count: losses.count, probability: risk)
        .cumulative(losses.count { $0 == 1 })
    }
  }

  package func passes(_ losses: [Double], prior: [Double]) -> Bool {
    pValue(losses, prior: prior) <= delta
  }

  /// Whether every loss is 0 or 1.
  package static func isBinary(_ losses: [Double]) -> Bool {
    losses.allSatisfy { $0 == 0 || $0 == 1 }
  }

  /// The fewest prompts with which anything can pass: the least n with (1 - risk)^n <= delta. With fewer prompts
  /// nothing passes, whatever the losses and the prior; with as many, losses of 0 do.
  package var fewestPrompts: Int {
    var count = max(1, Int((log(delta) / log1p(-risk)).rounded(.down)) - 1)
    while zeroLosses(count) > delta { count += 1 }
    return count
  }

  /// The p-value of losses that are all 0. It is computed by `pow`, so that 0.5 of 2 prompts is exactly 0.25.
  private func zeroLosses(_ count: Int) -> Double { pow(1 - risk, Double(count)) }

  /// The p-value of betting. Where all losses are 0 the bets may have been too small because of the prior, so
  /// such losses have the p-value of their own probability, at most (1 - risk)^n. In return the p-value of the
  /// wealth is larger by as much, so that both together err no more often than they say.
  private func betting(_ losses: [Double], prior: [Double]) -> Double {
    let zero = zeroLosses(losses.count)
    guard losses.contains(where: { $0 != 0 }) else { return zero }
    let bets = Betting(on: losses, prior: prior, delta: delta)
    return min(1, bets.pValue(losses, risk: risk) + zero)
  }
}
