/// The names of the tensors outside the layers of a language model. What stands before all names but the head's is
/// written `model.` here, whatever it is in files.
struct HuggingFaceModelNames: Sendable {
  /// What stands there in files.
  var base = "model."
  var embedding = "model.embed_tokens.weight"
  /// The norm after the last layer.
  var finalNorm = "model.norm.weight"
  var head = "lm_head.weight"

  var finalNormBias: String { finalNorm.replacing(".weight", with: ".bias") }

  /// The name in files.
  func inFile(_ name: String) -> String {
    name.hasPrefix("model.") ? base + name.dropFirst("model.".count) : name
  }
}
