import CleaveModel
import CleaveStorage

extension Report {
  /// All numbers of the page with full precision.
  package var json: JSON {
    let manifest = artifact.manifest
    return [
      "artifact": .string(FileSystem.name(of: artifact.path)),
      "role": .string(manifest.role.rawValue), "model_id": .string(manifest.modelID),
      "stale": .bool(isStale), "weights_sha256": .string(CalibratedWeights.sha256(of: manifest)),
      "statements": [
        "collaborative": .string(Statement(.collaborative, self).text),
        "standalone": .string(Statement(.standalone, self).text),
      ],
      "calibration": record.json, "exits": .array(exits.map(\.json)),
      "calibration_error": .array(
        evidence.exits.map {
          [
            "depth": .integer(Int64($0.depth)), "before": .real($0.before.calibrationError),
            "after": .real($0.after.calibrationError),
          ]
        }),
      "evidence": evidence.json, "provenance": .array(manifest.provenance.map(\.json)),
    ]
  }
}
