import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage

/// Checks a calibrated bundle without running it.
struct CalibrationCheck {
  let edge: Artifact
  let model: Artifact
  let numerics: Numerics
  /// The digests of the prompts used by verification.
  let digests: [ContentDigest]

  /// The results of the checks; empty if the bundle is not calibrated.
  func checks() throws -> [VerificationReport.Check] {
    guard let record = edge.manifest.calibration, let evidence = try edge.calibrationEvidence()
    else { return [] }
    return [calibration(record), try data(evidence)]
  }

  private func calibration(_ record: CalibrationRecord) -> VerificationReport.Check {
    var faults: [String] = []
    if edge.manifest.calibrationIsStale {
      faults.append(
        "weights, exits or temperatures have changed since the thresholds were calibrated:"
          + " calibrate again")
    }
    let calibrated = (record.activations, record.kvCache)
    if calibrated != (numerics.activations.rawValue, numerics.cache.rawValue) {
      faults.append(
        "calibrated with \(record.activations) activations and a KV cache of \(record.kvCache),"
          + " verified with \(numerics)")
    }
    return .init(
      name: "calibration", passed: faults.isEmpty,
      detail: faults.isEmpty
        ? "the weights are those that \(record.calibration.prompts) prompts calibrated"
        : faults.joined(separator: "; "))
  }

  /// Checks that the prompts were used neither for calibration nor for training: a promise cannot
  /// be judged on the data it was made from.
  private func data(_ evidence: CalibrationEvidence) throws -> VerificationReport.Check {
    let trained = try model.trainingData()
    let seen = [
      ("calibrated", digests.filter { evidence.contains(sha256: $0.sha256) }),
      ("trained", digests.filter { trained?.contains(sha256: $0.sha256) ?? false }),
    ]
    var faults = seen.compactMap { name, overlap in
      overlap.first.map {
        "\(overlap.count) of the prompts were \(name) on, the first of SHA-256 \($0.sha256)"
      }
    }
    // Checked here because calibration of a bundle cannot see what its exits were trained on.
    let learnt = (evidence.calibration + evidence.tuning).filter {
      trained?.contains(sha256: $0) ?? false
    }
    if let first = learnt.first {
      faults.append(
        "\(learnt.count) of the texts calibrated on were trained on, the first of SHA-256 \(first)..."
      )
    }
    if evidence.calibration.count != edge.manifest.calibration?.calibration.prompts {
      faults.append(
        "\(ArtifactLayout.calibration) names \(evidence.calibration.count) prompts, the manifest"
          + " \(edge.manifest.calibration?.calibration.prompts ?? 0)")
    }
    return .init(
      name: "data", passed: faults.isEmpty,
      detail: faults.isEmpty
        ? "none of \(digests.count) prompts was trained or calibrated on"
        : faults.joined(separator: "; "))
  }
}
