import CleaveModel
import CleaveStorage

/// The report of a calibration, for `cleave report`: its promise and its evidence on one
/// self-contained page. The same artifact gives the same bytes.
package struct Report: Sendable {
  package let artifact: Artifact
  let record: CalibrationRecord
  let evidence: CalibrationEvidence

  /// - Throws: `InputError` if the artifact is not calibrated, or its evidence is damaged,
  ///   inconsistent, or about other exits than the manifest's.
  package init(_ artifact: Artifact) throws {
    guard artifact.manifest.role != .cloud else {
      throw InputError(
        file: artifact.path, location: "role", found: Manifest.Role.cloud.rawValue,
        expected: "a model or an edge bundle, which have the exits")
    }
    guard let record = artifact.manifest.calibration,
      let file = artifact.manifest.file(ArtifactLayout.calibration)
    else {
      throw InputError(
        file: artifact.path, location: "calibration", found: "none",
        expected: "an artifact whose exits were calibrated",
        advice: "`cleave calibrate` makes one.")
    }
    let path = "\(artifact.path)/\(ArtifactLayout.calibration)"
    guard try !artifact.isDamaged(file) else {
      throw InputError(
        file: path, found: "other bytes",
        expected: "SHA-256 \(file.digest.sha256), as the manifest says")
    }
    guard let evidence = try artifact.calibrationEvidence() else {
      preconditionFailure("a file of the manifest that is not there")
    }
    try EvidenceCheck(manifest: artifact.manifest, file: path).check(evidence)
    self.artifact = artifact
    self.record = record
    self.evidence = evidence
  }

  var exits: [ExitRecord] { artifact.manifest.exits }
  var isStale: Bool { artifact.manifest.calibrationIsStale }
}
