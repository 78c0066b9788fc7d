import CleaveModel

/// A bundle in words that all documents share.
struct BundleWords {
  private let manifest: Manifest

  init(_ manifest: Manifest) { self.manifest = manifest }

  var summary: String {
    let blocks = manifest.blocks
    return
      "The \(manifest.role.rawValue) bundle of a \(manifest.configuration.architecture) model, blocks "
      + "\(blocks.lowerBound) to \(blocks.upperBound - 1) of \(manifest.configuration.blockCount)"
      + (manifest.exits.isEmpty
        ? "" : ", with exits after \(manifest.exits.map { "\($0.depth)" }.joined(separator: ", "))")
  }

  /// What a reader must know before relying on it.
  var limits: [String] {
    var limits = [
      "It is a part of a model and answers with what that model knows: facts may be wrong, and answers may be harmful."
    ]
    guard manifest.role == .edge else {
      return limits + ["It takes hidden states or tokens from an edge bundle of the same model."]
    }
    limits.append(
      manifest.calibration?.collaborative.promise?.passed == true
        ? "The promise holds for prompts of the same source as those of the calibration, and for these weights and exits alone."
        : "Nothing is promised of how often its exits differ from the whole model.")
    return limits + [
      "Hidden states that are uploaded give the prompt away to whoever has the model."
    ]
  }
}
