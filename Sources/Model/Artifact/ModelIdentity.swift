import CleaveStorage

/// The identity that artifacts of the same model share: configuration, tokenizer and every weight byte.
/// Exits are not part of it: the cloud answers the same whatever exits the edge has. Nor is the compiled
/// tokenizer, which is made from the tokenizer.
package enum ModelIdentity {
  /// The SHA-256 over the configuration's compact JSON and a line "path sha256" for each file of the
  /// whole model, exits and the compiled tokenizer left out, in path order.
  package static func id(configuration: ModelConfiguration, files: [FileRecord]) -> String {
    var text = configuration.json.text(pretty: false) + "\n"
    for file in files.sorted(by: FileRecord.inPathOrder) where isPartOfID(file.path) {
      text += "\(file.path) \(file.digest.sha256)\n"
    }
    return FileDigest(of: Array(text.utf8)).sha256
  }
  private static func isPartOfID(_ path: String) -> Bool {
    !path.hasPrefix("exits/")
      && ![
        ArtifactLayout.compiledTokenizer, ArtifactLayout.trainingData, ArtifactLayout.calibration,
      ].contains(path)
  }
}
