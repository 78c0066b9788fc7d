import CleaveStorage

/// A config.json with the settings of the language model in it.
struct HuggingFaceConfig {
  let root: JSONNode
  /// The settings of the language model: `text_config` of a multimodal model, or `root` itself.
  let text: JSONNode

  /// A setting of the whole model, or else of its language model.
  func optional(_ name: String) throws -> JSONNode? {
    try root.optional(name) ?? text.optional(name)
  }
}
