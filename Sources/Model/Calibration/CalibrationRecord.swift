/// What the thresholds of an artifact's exits promise, and how they were found: `calibration` in the
/// manifest. specs/calibration.md says what the numbers mean.
///
/// It is the policy file of both modes. An exit's `threshold` in the manifest is that of the collaborative
/// mode; the standalone mode has its own here.
public struct CalibrationRecord: Equatable, Sendable {
  /// The weights and exits that ran: `CalibratedWeights.sha256` of the manifest. Where it is another, the
  /// promise is void.
  public var weightsSHA256: String
  /// As `Numerics` names them: what runs otherwise says other things.
  public var activations: String
  public var kvCache: String
  /// The loss that the risk is the mean of, as on a command line.
  public var loss: String
  /// How texts were asked and answered.
  public var setting: CalibrationSetting
  public var tuning: CalibrationData
  public var calibration: CalibrationData
  public var collaborative: CalibrationMode
  public var standalone: CalibrationMode

  public init(
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
public struct CalibrationSetting: Equatable, Sendable {
  /// The most tokens of an answer, and of a prompt.
  public var maxTokens: Int
  public var longestPrompt: Int
  public var usesChatTemplate: Bool

  public init(maxTokens: Int, longestPrompt: Int, usesChatTemplate: Bool) {
    self.maxTokens = maxTokens
    self.longestPrompt = longestPrompt
    self.usesChatTemplate = usesChatTemplate
  }
}

/// Which prompts: how many, and the SHA-256 of their contents' digests, each with a line end, in order.
public struct CalibrationData: Equatable, Sendable {
  public var prompts: Int
  public var sha256: String

  public init(prompts: Int, sha256: String) {
    self.prompts = prompts
    self.sha256 = sha256
  }
}

/// Thresholds, the promise that comes with them, and what they did on the calibration prompts.
public struct CalibrationMode: Equatable, Sendable {
  /// One for each exit, in rising depth; above 1 it never answers. Of the standalone mode the last exit
  /// answers whatever its threshold.
  public var thresholds: [Double]
  /// Nil where only a measurement is known.
  public var promise: CalibrationPromise?
  /// Mean loss over the calibration prompts.
  public var risk: Double
  /// Where there is no promise: what the expected loss is below, with probability 1 - `delta` of the
  /// measurement.
  public var upperBound: UpperBound?
  /// Of all tokens, those that the cloud gave, and each exit.
  public var cloudShare: Double
  public var exitShares: [Double]

  public struct UpperBound: Equatable, Sendable {
    public var risk: Double
    public var delta: Double

    public init(risk: Double, delta: Double) {
      self.risk = risk
      self.delta = delta
    }
  }

  public init(
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
public struct CalibrationPromise: Equatable, Sendable {
  public enum Procedure: String, CaseIterable, Sendable {
    /// Learn-then-Test with the p-values of bets (Waudby-Smith & Ramdas).
    case betting
    /// Learn-then-Test with Hoeffding-Bentkus p-values.
    case hoeffdingBentkus = "hoeffding_bentkus"
    /// Learn-then-Test with exact binomial p-values, for losses of 0 and 1.
    case binomial
    /// Conformal risk control: the expectation alone, over the calibration prompts too.
    case conformal
  }

  public var risk: Double
  /// Nil where the promise is of the expectation alone.
  public var delta: Double?
  public var procedure: Procedure
  /// False where no policy passed: every exit is off then, and the risk is 0.
  public var passed: Bool

  public init(risk: Double, delta: Double?, procedure: Procedure, passed: Bool) {
    self.risk = risk
    self.delta = delta
    self.procedure = procedure
    self.passed = passed
  }
}
