/// The promise of an artifact's thresholds and how they were found: `calibration` in the manifest.
/// specs/calibration.md says what the numbers mean.
///
/// It holds the exit policy of both modes. An exit's `threshold` in the manifest is that of the collaborative
/// mode; the standalone mode has its own here.
package struct CalibrationRecord: Equatable, Sendable {
  /// `CalibratedWeights.sha256` of the manifest whose weights and exits ran. Where it is another, the
  /// promise is void.
  package var weightsSHA256: String
  /// The numerics of the run, as `Numerics` names them: a model that runs otherwise answers otherwise.
  package var activations: String
  package var kvCache: String
  /// The loss that the risk is the mean of, as on a command line.
  package var loss: String
  /// The settings of prompts and answers.
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

/// The settings under which prompts were asked and answered.
package struct CalibrationSetting: Equatable, Sendable {
  /// The most tokens of an answer; `longestPrompt` is the most of a prompt.
  package var maxTokens: Int
  package var longestPrompt: Int
  package var usesChatTemplate: Bool

  package init(maxTokens: Int, longestPrompt: Int, usesChatTemplate: Bool) {
    self.maxTokens = maxTokens
    self.longestPrompt = longestPrompt
    self.usesChatTemplate = usesChatTemplate
  }
}

/// The identity of some prompts: how many, and the SHA-256 of their contents' digests, each with a line
/// end, in order.
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
  /// One threshold for each exit, in rising depth; an exit whose threshold is above 1 never answers. In the
  /// standalone mode the last exit answers whatever its threshold.
  package var thresholds: [Double]
  /// The promise; nil where only a measurement is known.
  package var promise: CalibrationPromise?
  /// Mean loss over the calibration prompts.
  package var risk: Double
  /// Where there is no promise, the bound that the expected loss is below with probability 1 - `delta`
  /// over the measurement.
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
