import CleaveEvaluate
import CleaveModel
import CleaveRuntime

/// `cleave calibrate`: finds the thresholds that send the fewest tokens to the cloud while a promised risk
/// is kept, and writes them with the promise. specs/calibration.md is the method.
public struct Calibration {
  public struct Settings: Sendable {
    /// The promise: expected loss, and how often it may fail over the draw of calibration prompts.
    public var risk = 0.05
    public var delta = 0.05
    /// Of the standalone mode; nil measures it only.
    public var standaloneRisk: Double?
    public var loss = PromptLoss.disagreement
    /// Nil for exact binomial tests of losses of 0 and 1, bets else.
    public var procedure: CalibrationPromise.Procedure?
    /// Nil for the best on the tuning prompts.
    public var signal: ExitRecord.Signal?
    public var prompts: [PromptSource] = []
    /// Nil takes `tuningShare` of the prompts.
    public var tuningPrompts: [PromptSource] = []
    public var tuningShare = 0.25
    public var references: String?
    public var excluded: Set<ContentDigest> = []
    public var limit: Int?
    public var maxTokens = 64
    public var longestPrompt = 384
    public var usesChatTemplate = true
    public var seed: UInt64 = 0
    public var threads: Int?
    public var numerics = Numerics.standard
    /// As given, files by their names: for the record.
    public var command: [String] = []

    public init() {}
  }

  public struct Result {
    public let record: CalibrationRecord
    public let evidence: CalibrationEvidence
    public let signal: ExitRecord.Signal
  }

  let settings: Settings
  let pair: CalibrationPair
  let split: CalibrationSplit
  let recording: Recording
  /// Called with what is going on, and the prompts done and in all.
  public var progress: (_ stage: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }

  /// Opens everything and refuses what cannot be calibrated, before any token is run.
  ///
  /// - Parameters:
  ///   - path: a model with exits, or an edge bundle with its cloud bundle.
  ///   - work: directory for what is recorded; nil keeps it in memory.
  public init(_ path: String, cloud: String?, settings: Settings, work: String?) throws {
    self.settings = settings
    pair = try CalibrationPair(path, cloud: cloud, settings: settings)
    split = try CalibrationSplit(pair.artifact, settings)
    try Self.checkCount(settings, split)
    let manifest = pair.artifact.manifest
    let key = pair.recordingKey
    let store = try work.map {
      try RecordingStore(
        try CalibrationWork(directory: $0).recording, key: key,
        exitCount: manifest.exits.count)
    }
    let decoder = try PairDecoder(
      edge: pair.edge, cloud: pair.cloud, longest: settings.longestPrompt + settings.maxTokens,
      numerics: settings.numerics, pool: pair.pool)
    recording = try Recording(
      split.prompts, exitCount: manifest.exits.count,
      limits: .init(
        maxTokens: settings.maxTokens, stopTokens: Set(manifest.tokens.endOfText)),
      decoder: decoder, store: store)
  }

  var procedure: CalibrationPromise.Procedure {
    settings.procedure ?? (settings.loss.isBinary ? .binomial : .betting)
  }

  /// The fewest prompts with which anything can pass.
  static func fewestPrompts(_ settings: Settings, _ risk: Double) -> Int {
    let procedure = settings.procedure ?? (settings.loss.isBinary ? .binomial : .betting)
    return procedure == .conformal
      ? ConformalControl.fewestPrompts(risk: risk)
      : RiskTest(procedure: procedure, risk: risk, delta: settings.delta).fewestPrompts
  }

  private static func checkCount(_ settings: Settings, _ split: CalibrationSplit) throws {
    let risk = min(settings.risk, settings.standaloneRisk ?? 1)
    let fewest = fewestPrompts(settings, risk)
    guard split.calibration.count >= fewest else {
      throw InputError(
        file: settings.prompts.map(\.source.path).joined(separator: ", "),
        found: "\(split.calibration.count) prompts to calibrate on",
        expected: "at least \(fewest): with fewer, no losses at all could keep a risk of "
          + "\(risk) with delta \(settings.delta)",
        advice: "Give more prompts, or promise less.")
    }
  }

  /// What is recorded from here on is told as this stage. The recording, which a calibration holds, may
  /// not hold the calibration: its file would never be closed.
  func show(_ stage: String) {
    recording.progress = { [progress] in progress(stage, $0, $1) }
  }

  public func run() async throws -> Result {
    let tuned = try tune()
    let collaborative = try calibrate(tuned.collaborative, risk: settings.risk)
    let standalone = try settings.standaloneRisk.map {
      try calibrate(tuned.standalone!, risk: $0)
    }
    let modes = try Modes(self, tuned, collaborative, standalone)
    return try await result(tuned, modes)
  }
}
