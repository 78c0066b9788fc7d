import CleaveStorage

extension Artifact {
  /// Reads the evidence of the calibration; nil where nothing was calibrated.
  package func calibrationEvidence() throws -> CalibrationEvidence? {
    guard manifest.file(ArtifactLayout.calibration) != nil else { return nil }
    return try CalibrationEvidence(
      try FileSystem.readJSON("\(path)/\(ArtifactLayout.calibration)"))
  }
}
