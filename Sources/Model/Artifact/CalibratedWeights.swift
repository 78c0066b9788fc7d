import CleaveStorage

/// The identity of what a calibration measured: the whole model, and the exits without their thresholds.
package enum CalibratedWeights {
  /// The SHA-256 over a line with the model's id, one with its special tokens, and for each exit a line with
  /// its record, `threshold` and `calibrated` left out, and the SHA-256 of its file; where there is an exit
  /// vocabulary, a line with its record and the SHA-256 of its two files. It is the same for a model and for the
  /// edge cut from it.
  package static func sha256(of manifest: Manifest) -> String {
    var text = manifest.modelID + "\n" + manifest.tokens.json.text(pretty: false) + "\n"
    for exit in manifest.exits {
      guard case .object(var record) = exit.json else { continue }
      record = JSONObject(
        record.members.filter { !["threshold", "calibrated"].contains($0.name) })
      let file = manifest.file(exit.path)?.digest.sha256 ?? ""
      text += "\(JSON.object(record).text(pretty: false)) \(file)\n"
    }
    if let vocabulary = manifest.exitVocabulary {
      let files = [ArtifactLayout.exitVocabularyTokens, ArtifactLayout.exitVocabulary]
      let digests = files.map { manifest.file($0)?.digest.sha256 ?? "" }
      text += "\(vocabulary.json.text(pretty: false)) \(digests.joined(separator: " "))\n"
    }
    return FileDigest(of: Array(text.utf8)).sha256
  }
}
