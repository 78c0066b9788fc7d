/// With probability at least 1 - `delta` over the calibration prompts, the expected loss on a new prompt
/// of the same source is at most `risk`.
package struct CalibrationPromise: Equatable, Sendable {
  package enum Procedure: String, CaseIterable, Sendable {
    /// Learn-then-Test with the p-values of bets (Waudby-Smith & Ramdas).
    case betting
    /// Learn-then-Test with Hoeffding-Bentkus p-values.
    case hoeffdingBentkus = "hoeffding_bentkus"
    /// Learn-then-Test with exact binomial p-values, for losses of 0 and 1.
    case binomial
    /// Conformal risk control: the expectation alone, over the calibration prompts too.
    case conformal
  }

  package var risk: Double
  /// The probability that the promise fails; nil where the promise is of the expectation alone.
  package var delta: Double?
  package var procedure: Procedure
  /// Whether a policy passed. Where none did every exit is off, and the risk is 0.
  package var passed: Bool

  package init(risk: Double, delta: Double?, procedure: Procedure, passed: Bool) {
    self.risk = risk
    self.delta = delta
    self.procedure = procedure
    self.passed = passed
  }
}
