import CleaveStorage

extension Manifest {
  /// Checks that the calibration record fits the exits.
  func validateCalibration(file: String) throws {
    func refuse(_ location: String, _ found: String, _ expected: String) -> InputError {
      InputError(file: file, location: location, found: found, expected: expected)
    }
    let claims = exits.firstIndex(where: \.calibrated)
    guard let calibration else {
      guard self.file(ArtifactLayout.calibration) == nil else {
        throw refuse("calibration", "none beside a \(ArtifactLayout.calibration)", "both or none")
      }
      guard let claims else { return }
      throw refuse(
        "exits[\(claims)].calibrated", "true without a calibration", "the calibration it stands on")
    }
    guard readsText else {
      throw refuse("calibration", "one", "none in a \(role.rawValue) bundle")
    }
    for (name, mode) in [
      ("collaborative", calibration.collaborative), ("standalone", calibration.standalone),
    ] {
      guard mode.thresholds.count == exits.count, mode.exitShares.count == exits.count else {
        throw refuse(
          "calibration.\(name)",
          "\(mode.thresholds.count) thresholds, \(mode.exitShares.count) exit shares",
          "one for each of \(exits.count) exits")
      }
    }
    if let claims, calibration.collaborative.promise?.passed != true {
      throw refuse(
        "exits[\(claims)].calibrated", "true, where no promise was kept", "false")
    }
    let thresholds = calibration.collaborative.thresholds
    guard thresholds == exits.map(\.threshold) else {
      throw refuse(
        "calibration.collaborative.thresholds", "\(thresholds)",
        "those of the exits, \(exits.map(\.threshold))")
    }
  }

  /// Whether weights, exits or temperatures have changed since the calibration; false without one.
  package var calibrationIsStale: Bool {
    calibration.map { $0.weightsSHA256 != CalibratedWeights.sha256(of: self) } ?? false
  }
}
