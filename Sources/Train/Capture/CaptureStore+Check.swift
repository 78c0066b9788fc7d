import CleaveModel
import CleaveStorage

extension CaptureStore {
  /// Checks that the store was captured with this model.
  ///
  /// - Throws: `InputError` where a dimension differs, even if the model's id is the same.
  func check(against artifact: Artifact) throws {
    let model = artifact.manifest.configuration
    func require<Value: Equatable>(_ location: String, _ found: Value, _ expected: Value) throws {
      guard found == expected else {
        throw InputError(
          file: path, location: location, found: "\(found)",
          expected: "\(expected), of \(artifact.path)",
          advice: "Capture again with this model.")
      }
    }
    try require("model_id", configuration.modelID, artifact.manifest.modelID)
    try require("hidden_size", configuration.hiddenSize, model.hiddenSize)
    try require("vocabulary_size", configuration.vocabularySize, model.vocabularySize)
    try require("block_count", configuration.blockCount, model.blockCount)
    let longest = sequences.map(\.length).max() ?? 0
    guard longest <= model.contextLength else {
      throw InputError(
        file: path, location: "sequences", found: "one of \(longest) tokens",
        expected: "at most the model's context of \(model.contextLength)")
    }
  }

  /// Checks that the store holds the model's last hidden states.
  ///
  /// - Throws: `InputError` where it does not.
  func requireLastStates() throws {
    guard !configuration.depths.contains(configuration.blockCount) else { return }
    throw InputError(
      file: path, location: "depths", found: "\(configuration.depths)",
      expected:
        "depth \(configuration.blockCount) among them, which the loss of states compares with",
      advice: "Capture again for a training with --state-weight, or leave it out.")
  }
}
