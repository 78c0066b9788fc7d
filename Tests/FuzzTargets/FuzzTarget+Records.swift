import CleaveModel
import CleaveStorage

extension FuzzTarget {
  /// The manifest of an artifact, with the records of exits and of their calibration.
  static let manifest = record("manifest", { try Manifest($0) }, { $0.json }) { manifest in
    _ = (manifest.totalBytes, manifest.kvBytes)
    guard manifest.role == .edge else { return }
    for exit in manifest.exits {
      let narrowed = try manifest.upToExit(at: exit.depth, file: "manifest")
      let text = Array(narrowed.json.text(pretty: false).utf8)
      let again = try reread("a manifest up to an exit") {
        try Manifest(try JSONNode(parsing: text, file: "manifest"))
      }
      try require(again == narrowed, "a manifest up to an exit is one of its own")
    }
  }

  /// The evidence of a calibration: `calibration.json`.
  static let calibrationEvidence = record(
    "calibration-evidence", { try CalibrationEvidence($0) }, { $0.json })

  /// What exits were trained on: `training-data.json`.
  static let trainingData = record(
    "training-data", { try TrainingDataRecord($0) }, { $0.json })

  /// The answers of exits that `cleave plan` plays back.
  static let exitTrace = record("exit-trace", { try ExitTrace($0) }, { $0.json })

  /// The profile of a device.
  static let deviceProfile = record("device-profile", { try DeviceProfile($0) }, { $0.json })

  /// The profile of a link, with what a server says of itself.
  static let linkProfile = record("link-profile", { try LinkProfile($0) }, { $0.json })
}
