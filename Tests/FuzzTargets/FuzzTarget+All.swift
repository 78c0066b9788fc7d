extension FuzzTarget {
  /// All targets, in the order of their names.
  package static let all: [FuzzTarget] = (offline + network).sorted { $0.name < $1.name }

  private static let offline: [FuzzTarget] = [
    .apiRequest, .calibrationEvidence, .chatTemplate, .checkpointDirectory, .deviceProfile,
    .exitTrace, .gguf, .ggufCheckpoint, .imatrix, .json, .linkProfile, .manifest, .modelStatement,
    .pemKey, .prompts, .recipe, .safetensors, .signature, .splitPattern, .states, .tokenizerBin,
    .tokenizerJSON, .tokenizerModel, .trainingData,
  ]

  #if Network
    private static let network: [FuzzTarget] = [.cloudMessage, .edgeMessage]
  #else
    private static let network: [FuzzTarget] = []
  #endif
}
