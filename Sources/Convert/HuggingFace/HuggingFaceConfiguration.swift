import CleaveModel

/// Reads `config.json`, in the spelling of transformers 4 (rope_theta, rope_scaling) or 5
/// (rope_parameters). What the engine does not compute is refused by name, before any tensor is read.
enum HuggingFaceConfiguration {
  static func read(_ config: JSONNode) throws -> ModelConfiguration {
    let typeNode = try config.required("model_type")
    let type = try typeNode.string()
    guard let architecture = Architecture(rawValue: type) else {
      throw typeNode.refuse(expected: "a supported architecture: \(Architecture.supported)")
    }
    try refuseUnsupported(config)
    func int(_ name: String) throws -> Int { try config.required(name).int() }
    let hidden = try int("hidden_size")
    let headsNode = try config.required("num_attention_heads")
    let heads = try headsNode.int(in: 1...Int.max)
    let configuration = ModelConfiguration(
      architecture: architecture, hiddenSize: hidden, blockCount: try int("num_hidden_layers"),
      headCount: heads,
      kvHeadCount: try config.optional("num_key_value_heads")?.int(in: 1...Int.max) ?? heads,
      headDimension: try config.optional("head_dim")?.int() ?? hidden / heads,
      intermediateSize: try int("intermediate_size"), vocabularySize: try int("vocab_size"),
      contextLength: try config.optional("max_position_embeddings")?.int() ?? 2048,
      normEpsilon: Float(try config.optional("rms_norm_eps")?.positiveNumber() ?? 1e-6),
      rope: try rope(config),
      tiedEmbeddings: try config.optional("tie_word_embeddings")?.bool() ?? false)
    try configuration.validate(file: config.file, place: "")
    return configuration
  }

  /// Settings that change what the model computes and that this engine does not know.
  private static func refuseUnsupported(_ config: JSONNode) throws {
    if let activation = try config.optional("hidden_act"), try activation.string() != "silu" {
      throw activation.refuse(expected: "\"silu\"")
    }
    for name in ["attention_bias", "mlp_bias"] {
      if let bias = try config.optional(name), try bias.bool() {
        throw bias.refuse(expected: "false: biases are not supported")
      }
    }
    if let quantization = try config.optional("quantization_config") {
      throw quantization.refuse(
        expected: "float weights",
        advice: "Give the original checkpoint, or a GGUF file of the quantized one.")
    }
    if let partial = try config.optional("partial_rotary_factor"), try partial.number() != 1 {
      throw partial.refuse(expected: "1: RoPE on whole heads")
    }
  }

  private static func rope(_ config: JSONNode) throws -> RoPE {
    let parameters = try config.optional("rope_parameters")
    let scaling = try config.optional("rope_scaling")
    if parameters != nil, let scaling {
      throw scaling.refuse(expected: "either it or rope_parameters", found: "both")
    }
    guard let settings = parameters ?? scaling else {
      return RoPE(theta: try config.optional("rope_theta")?.positiveNumber() ?? 10_000)
    }
    let theta =
      try settings.optional("rope_theta")?.positiveNumber()
      ?? config.optional("rope_theta")?.positiveNumber() ?? 10_000
    if let partial = try settings.optional("partial_rotary_factor"), try partial.number() != 1 {
      throw partial.refuse(expected: "1: RoPE on whole heads")
    }
    guard let kind = try settings.optional("rope_type") ?? settings.optional("type") else {
      guard try settings.members().allSatisfy({ plainMembers.contains($0.name) }) else {
        throw settings.refuse(expected: "a rope_type", found: "settings of RoPE without one")
      }
      return RoPE(theta: theta)
    }
    return RoPE(theta: theta, scaling: try scalingKind(kind, settings))
  }

  /// What may stand in the settings of a RoPE that is not scaled.
  private static let plainMembers: Set = ["rope_theta", "partial_rotary_factor"]

  private static func scalingKind(_ kind: JSONNode, _ settings: JSONNode) throws -> RoPE.Scaling {
    switch try kind.string() {
    case "default": return .none
    case "linear": return .linear(factor: try settings.required("factor").positiveNumber())
    case "llama3": return try RoPE.llama3(settings)
    default: throw kind.refuse(expected: "a supported RoPE kind: default, linear, llama3")
    }
  }
}
