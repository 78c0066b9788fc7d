import CleaveModel
import CleaveRuntime
import CleaveStorage

/// The opened weights that are calibrated: a model with exits, or the two bundles cut from one.
struct CalibrationPair {
  /// The artifact that the policy is written into: the model, or the edge bundle.
  let artifact: Artifact
  let edge: EdgeModel
  let cloud: CloudModel
  let pool: ThreadPool
  /// The digest of everything that answers depend on besides the text.
  let recordingKey: String

  init(_ path: String, cloud cloudPath: String?, settings: CalibrationSettings) throws {
    artifact = try Artifact(opening: path)
    try settings.check(context: artifact.manifest.configuration.contextLength, file: path)
    switch (artifact.manifest.role, cloudPath) {
    case (.model, nil):
      edge = try EdgeModel(exitsOf: artifact)
      cloud = try CloudModel(restOf: artifact)
    case (.edge, let cloudPath?):
      edge = try EdgeModel(artifact)
      cloud = try CloudModel(try Artifact(opening: cloudPath))
    case (.model, _?):
      throw InputError(
        file: path, location: "role", found: "model, with a cloud bundle beside it",
        expected: "a model alone, or an edge bundle and its cloud bundle")
    case (let role, _):
      throw InputError(
        file: path, location: "role", found: role.rawValue,
        expected: "a model with exits, or an edge bundle and its cloud bundle")
    }
    pool = try ThreadPool(threads: settings.threads)
    recordingKey = Self.key(artifact.manifest, settings.numerics)
  }

  /// Answers do not depend on thresholds, signals and flags, which are left out.
  private static func key(_ manifest: Manifest, _ numerics: Numerics) -> String {
    var plain = manifest
    for index in plain.exits.indices { plain.exits[index].signal = .maxProbability }
    let text =
      "\(CleaveVersion.text) \(CalibratedWeights.sha256(of: plain)) \(numerics.json.text(pretty: false))"
    return FileDigest(of: Array(text.utf8)).sha256
  }
}

/// The directory that a calibration keeps its recordings in.
struct CalibrationWork {
  let recording: String

  /// Makes the directory where there is none.
  init(directory: String) throws {
    try FileSystem.createDirectory(directory)
    recording = "\(directory)/recording.bin"
  }
}
