import CleaveEvaluate
import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage

/// `cleave calibrate`: finds the thresholds that send the fewest tokens to the cloud while a promised risk
/// is kept, and writes them with the promise. specs/calibration.md is the method.
package struct Calibration {
  package struct Settings: Sendable {
    /// The promise: expected loss, and how often it may fail over the draw of calibration prompts.
    package var risk = 0.05
    package var delta = 0.05
    /// Of the standalone mode; nil measures it only.
    package var standaloneRisk: Double?
    package var loss = PromptLoss.disagreement
    /// Nil for exact binomial tests of losses of 0 and 1, bets else.
    package var procedure: CalibrationPromise.Procedure?
    /// Nil for the best on the tuning prompts.
    package var signal: ExitRecord.Signal?
    package var prompts: [PromptSource] = []
    /// Nil takes `tuningShare` of the prompts.
    package var tuningPrompts: [PromptSource] = []
    package var tuningShare = 0.25
    package var references: String?
    package var excluded: Set<ContentDigest> = []
    package var limit: Int?
    package var maxTokens = 64
    package var longestPrompt = 384
    package var usesChatTemplate = true
    package var seed: UInt64 = 0
    package var threads: Int?
    package var numerics = Numerics.standard
    /// As given, files by their names: for the record.
    package var command: [String] = []

    package init() {}
  }

  package struct Result {
    package let record: CalibrationRecord
    package let evidence: CalibrationEvidence
    package let signal: ExitRecord.Signal
  }

  let settings: Settings
  let pair: CalibrationPair
  let split: CalibrationSplit
  let recording: Recording
  /// Called with what is going on, and the prompts done and in all.
  package var progress: (_ stage: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }

  /// Opens everything and refuses what cannot be calibrated, before any token is run.
  ///
  /// - Parameters:
  ///   - path: a model with exits, or an edge bundle with its cloud bundle.
  ///   - work: directory for what is recorded; nil keeps it in memory.
  package init(_ path: String, cloud: String?, settings: Settings, work: String?) throws {
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

  package func run() async throws -> Result {
    let tuned = try tune()
    let collaborative = try calibrate(tuned.collaborative, risk: settings.risk)
    let standalone = try settings.standaloneRisk.map {
      try calibrate(tuned.standalone!, risk: $0)
    }
    let modes = try Modes(self, tuned, collaborative, standalone)
    return try await result(tuned, modes)
  }
}
