import CleaveModel
import CleaveStorage

/// Reads a model configuration from `config.json`. Settings that the engine does not compute are
/// refused by name before any tensor is read.
enum HuggingFaceConfiguration {
  static func read(_ part: HuggingFaceTextPart) throws -> ModelConfiguration {
    let (config, family) = (part.config.text, part.family)
    let format = family.huggingFace
    try refuseUnsupported(config, format)
    func int(_ name: String, default value: Int? = nil) throws -> Int {
      let name = format.setting(name)
      return try config.optional(name)?.int() ?? value ?? config.required(name).int()
    }
    let settings = HuggingFaceSettings(
      config, rotatedShare: format.defaults.rotatedShare, shareKey: format.oldRoPEKeys?.share,
      headDimension: format.defaults.headDimension)
    let theta =
      try format.oldRoPEKeys.flatMap { try settings.number($0.theta) } ?? format.defaults.theta
    let hidden = try int("hidden_size")
    let heads =
      try config.optional(format.setting("num_attention_heads"))?.int(in: 1...Int.max)
      ?? int("num_attention_heads", default: format.defaults.headCount)
    var configuration = ModelConfiguration(
      architecture: family.name, hiddenSize: hidden, blockCount: try int("num_hidden_layers"),
      headCount: heads,
      kvHeadCount: try config.optional("num_key_value_heads")?.int(in: 1...Int.max)
        ?? format.defaults.kvHeadCount ?? heads,
      headDimension: try settings.int("head_dim") ?? format.defaults.headDimension ?? hidden
        / heads,
      intermediateSize: try int(
        "intermediate_size", default: format.defaults.intermediateSize(hidden: hidden)),
      vocabularySize: try int("vocab_size", default: format.defaults.vocabularySize),
      contextLength: try int("max_position_embeddings", default: format.defaults.context),
      normEpsilon: Float(try settings.number(format.epsilonKey) ?? format.defaults.epsilon),
      rope: try settings.rope(theta: theta),
      tiedEmbeddings: try part.config.optional("tie_word_embeddings")?.bool()
        ?? format.defaults.isTied)
    if try config.optional("attention_bias")?.bool() ?? format.defaults.hasAttentionBias {
      configuration.block.queryKeyValueBias = true
      configuration.block.outputBias = format.hasOutputBias
    }
    if let usual = format.usualActivation {
      configuration.block.activation = try settings.activation(format.activationKey) ?? usual
    }
    // Ranges are checked first, because families allocate lists with one entry per block.
    try configuration.validate(file: config.file, location: "")
    try format.read(&configuration, settings)
    try configuration.validate(file: config.file, location: "")
    return configuration
  }

  /// Refuses settings that change what the model computes and that this engine does not support.
  private static func refuseUnsupported(_ config: JSONNode, _ format: HuggingFaceFormat) throws {
    let expected = format.activationKey == "hidden_act" ? "silu" : "gelu_pytorch_tanh"
    if format.usualActivation == nil, let activation = try config.optional(format.activationKey),
      // transformers knows SiLU by both names.
      try activation.string().replacing("swish", with: "silu") != expected
    {
      throw activation.refuse(expected: "\"\(expected)\"")
    }
    if let bias = try config.optional("mlp_bias"), try bias.bool() {
      throw bias.refuse(expected: "false: biases of feed-forward networks are not supported")
    }
    for name in format.hasCaps ? [] : ["final_logit_softcapping", "attn_logit_softcapping"] {
      if let cap = try config.optional(name) { throw cap.refuse(expected: "null: no capping") }
    }
    if let both = try config.optional("use_bidirectional_attention"), try both.bool() {
      throw both.refuse(expected: "false: causal attention")
    }
  }
}
