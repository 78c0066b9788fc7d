/// The names of the tensors outside the layers of a language model. What stands before all names but the head's is
/// written `model.` here, whatever it is in files.
struct HuggingFaceModelNames: Sendable {
  /// What stands there in files.
  var base = "model."
  var embedding = "model.embed_tokens.weight"
  /// The embeddings of positions, in a family that has learned them.
  var positions = "model.embed_positions.weight"
  /// What the names of all tensors within the layers begin with.
  var layers = "model.layers"
  /// The norm after the last layer.
  var finalNorm = "model.norm.weight"
  var head = "lm_head.weight"

  /// What the names of a layer's tensors begin with.
  func layer(_ index: Int) -> String { "\(layers).\(index)" }

  var finalNormBias: String { finalNorm.replacing(".weight", with: ".bias") }

  var headBias: String { head.replacing(".weight", with: ".bias") }

  /// The name in files.
  func inFile(_ name: String) -> String {
    name.hasPrefix("model.") ? base + name.dropFirst("model.".count) : name
  }
}
