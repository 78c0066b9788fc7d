/// What the thresholds of an artifact's exits promise, and how they were found: `calibration` in the
/// manifest. specs/calibration.md says what the numbers mean.
///
/// It is the policy file of both modes. An exit's `threshold` in the manifest is that of the collaborative
/// mode; the standalone mode has its own here.
package struct CalibrationRecord: Equatable, Sendable {
  /// The weights and exits that ran: `CalibratedWeights.sha256` of the manifest. Where it is another, the
  /// promise is void.
  package var weightsSHA256: String
  /// As `Numerics` names them: what runs otherwise says other things.
  package var activations: String
  package var kvCache: String
  /// The loss that the risk is the mean of, as on a command line.
  package var loss: String
  /// How texts were asked and answered.
  package var setting: CalibrationSetting
  package var tuning: CalibrationData
  package var calibration: CalibrationData
  package var collaborative: CalibrationMode
  package var standalone: CalibrationMode

  package init(
    weightsSHA256: String, activations: String, kvCache: String, loss: String,
    setting: CalibrationSetting, tuning: CalibrationData, calibration: CalibrationData,
    collaborative: CalibrationMode, standalone: CalibrationMode
  ) {
    self.weightsSHA256 = weightsSHA256
    self.activations = activations
    self.kvCache = kvCache
    self.loss = loss
    self.setting = setting
    self.tuning = tuning
    self.calibration = calibration
    self.collaborative = collaborative
    self.standalone = standalone
  }
}

/// How texts were asked and answered.
package struct CalibrationSetting: Equatable, Sendable {
  /// The most tokens of an answer, and of a prompt.
  package var maxTokens: Int
  package var longestPrompt: Int
  package var usesChatTemplate: Bool

  package init(maxTokens: Int, longestPrompt: Int, usesChatTemplate: Bool) {
    self.maxTokens = maxTokens
    self.longestPrompt = longestPrompt
    self.usesChatTemplate = usesChatTemplate
  }
}

/// Which prompts: how many, and the SHA-256 of their contents' digests, each with a line end, in order.
package struct CalibrationData: Equatable, Sendable {
  package var prompts: Int
  package var sha256: String

  package init(prompts: Int, sha256: String) {
    self.prompts = prompts
    self.sha256 = sha256
  }
}

/// Thresholds, the promise that comes with them, and what they did on the calibration prompts.
package struct CalibrationMode: Equatable, Sendable {
  /// One for each exit, in rising depth; above 1 it never answers. Of the standalone mode the last exit
  /// answers whatever its threshold.
  package var thresholds: [Double]
  /// Nil where only a measurement is known.
  package var promise: CalibrationPromise?
  /// Mean loss over the calibration prompts.
  package var risk: Double
  /// Where there is no promise: what the expected loss is below, with probability 1 - `delta` of the
  /// measurement.
  package var upperBound: UpperBound?
  /// Of all tokens, those that the cloud gave, and each exit.
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
  /// Nil where the promise is of the expectation alone.
  package var delta: Double?
  package var procedure: Procedure
  /// False where no policy passed: every exit is off then, and the risk is 0.
  package var passed: Bool

  package init(risk: Double, delta: Double?, procedure: Procedure, passed: Bool) {
    self.risk = risk
    self.delta = delta
    self.procedure = procedure
    self.passed = passed
  }
}
