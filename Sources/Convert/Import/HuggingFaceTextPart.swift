import CleaveStorage

/// The language model that a config.json describes: the whole model, or the part of a multimodal one
/// that reads and writes text.
///
/// On texts alone, the supported multimodal models compute what their language models do: attention
/// without images is causal, and the three positions of Qwen's multimodal RoPE are the same number.
struct HuggingFaceTextPart {
  let config: HuggingFaceConfig
  let family: Family
  let isMultimodal: Bool

  /// The multimodal models whose language model is taken, with the family of one that does not
  /// name its own.
  private static let multimodal: [String: Family] = [
    "gemma3": .gemma3, "mistral3": .mistral, "qwen2_vl": .qwen2VL, "qwen2_5_vl": .qwen2VL,
    "qwen3_5": .qwen35,
  ]
  /// The names in `text_config` of language models that go by another name alone.
  private static let parts: [String: Family] = [
    "qwen2_vl": .qwen2VL, "qwen2_5_vl": .qwen2VL, "qwen2_vl_text": .qwen2VL,
    "qwen2_5_vl_text": .qwen2VL,
  ]

  init(_ root: JSONNode) throws {
    let type = try root.required("model_type")
    guard let family = Self.multimodal[try type.string()] else {
      config = HuggingFaceConfig(root: root, text: root)
      self.family = try Self.family(type)
      isMultimodal = false
      return
    }
    isMultimodal = true
    config = HuggingFaceConfig(root: root, text: try root.optional("text_config") ?? root)
    if let inner = try root.optional("text_config")?.optional("model_type") {
      self.family = try Self.parts[inner.string()] ?? Self.family(inner)
    } else {
      self.family = family
    }
    if let quantization = try root.optional("quantization_config") {
      throw quantization.refuse(expected: "float weights of a multimodal model")
    }
  }

  private static func family(_ type: JSONNode) throws -> Family {
    let name = try type.string()
    guard let family = Family.named(name) else {
      throw type.refuse(
        expected: "a supported family: \(Family.names); or the text part of "
          + multimodal.keys.sorted().joined(separator: ", "),
        advice: UnsupportedFamily.reason(name))
    }
    return family
  }
}
