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
