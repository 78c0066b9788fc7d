import CleaveEvaluate
import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage

/// The work of `cleave calibrate`: it finds the thresholds that send the fewest tokens to the cloud while a
/// promised risk is kept. specs/calibration.md describes the method.
package struct Calibration {
  package struct Result {
    package let record: CalibrationRecord
    package let evidence: CalibrationEvidence
    package let signal: ExitRecord.Signal
  }

  let settings: CalibrationSettings
  let pair: CalibrationPair
  let split: CalibrationSplit
  let recording: Recording
  /// Called with the stage, and the prompts done and in all.
  package var progress: (_ stage: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }

  /// Opens everything and checks that it can be calibrated, before any token is run.
  ///
  /// - Parameters:
  ///   - path: a model with exits, or an edge bundle with its cloud bundle.
  ///   - work: the directory for recordings; nil keeps them in memory.
  /// - Throws: `InputError` for input that cannot be calibrated, and for fewer prompts than any promise needs.
  package init(_ path: String, cloud: String?, settings: CalibrationSettings, work: String?) throws
  {
    self.settings = settings
    pair = try CalibrationPair(path, cloud: cloud, settings: settings)
    split = try CalibrationSplit(pair.artifact, settings)
    try settings.checkCount(split.calibration.count)
    let manifest = pair.artifact.manifest
    let key = pair.recordingKey
    let hasFeedback = manifest.exits.contains { $0.feedback != nil }
    let store = try work.map {
      try RecordingStore(
        try CalibrationWork(directory: $0).recording, key: key,
        exitCount: manifest.exits.count, hasFeedback: hasFeedback)
    }
    let decoder = try PairDecoder(
      edge: pair.edge, cloud: pair.cloud, longest: settings.longestPrompt + settings.maxTokens,
      numerics: settings.numerics, pool: pair.pool)
    recording = try Recording(
      split.prompts, exitCount: manifest.exits.count, hasFeedback: hasFeedback,
      limits: .init(
        maxTokens: settings.maxTokens, stopTokens: Set(manifest.tokens.endOfText)),
      decoder: decoder, store: store)
  }

  func policyRunner() throws -> PolicyRunner {
    try PolicyRunner(recording, pair.artifact, loss: settings.loss)
  }

  /// Reports progress of the recording as this stage from here on. The closure must not capture the
  /// calibration, which owns the recording: the cycle would keep its file open.
  func show(_ stage: String) {
    recording.progress = { [progress] in progress(stage, $0, $1) }
  }

  package func run() async throws -> Result {
    let tuned = try await tune()
    let collaborative = try await calibrate(tuned.collaborative, risk: settings.risk)
    let standalone: Tested? =
      if let risk = settings.standaloneRisk {
        try await calibrate(tuned.standalone!, risk: risk)
      } else { nil }
    let modes = try await Modes(self, tuned, collaborative, standalone)
    return try await result(tuned, modes)
  }
}
