import CleaveModel
import CleaveStorage

extension HuggingFaceSettings {
  /// What YaRN's settings may name. transformers warns of other members and passes them over.
  private static let yarnMembers: Set = [
    "rope_type", "type", "rope_theta", "partial_rotary_factor", "factor", "attention_factor",
    "beta_fast", "beta_slow", "mscale", "mscale_all_dim", "truncate",
    "original_max_position_embeddings", "max_position_embeddings", "llama_4_scaling_beta",
    // Positions of Qwen's multimodal RoPE are all the same in a text without images.
    "mrope_section",
  ]

  /// Reads YaRN's settings as transformers 5 does. Numbers that follow from the context are set here, so that a model
  /// imported with a shorter context is the same.
  func yarn(_ settings: JSONNode) throws -> YaRN {
    for (name, node) in try settings.members() where !Self.yarnMembers.contains(name) {
      throw node.refuse(expected: "no such setting of yarn")
    }
    if let beta = try settings.optional("llama_4_scaling_beta"),
      try config.optional("model_type")?.string() != "ministral3"
    {
      throw beta.refuse(expected: "no such setting, but in a ministral3 model")
    }
    let original = try originalContext(settings)
    let context = try int("max_position_embeddings") ?? original
    let factor =
      try settings.optional("factor")?.positiveNumber() ?? Double(context) / Double(original)
    return YaRN(
      factor: factor, betaFast: try settings.optional("beta_fast")?.positiveNumber() ?? 32,
      betaSlow: try settings.optional("beta_slow")?.positiveNumber() ?? 1,
      originalContext: original,
      attentionFactor: Float(try attentionFactor(settings, factor: factor)),
      truncates: try settings.optional("truncate")?.bool() ?? true)
  }

  private func originalContext(_ settings: JSONNode) throws -> Int {
    let name = "original_max_position_embeddings"
    let own = try settings.optional(name)?.int(in: 1...(1 << 30))
    // Only Phi-3 has the setting outside too; elsewhere transformers passes it over.
    if let outer = try config.optional(name), try outer.int(in: 1...(1 << 30)) != own {
      throw outer.refuse(
        expected: own.map { "\($0), as in YaRN's settings" } ?? "it among YaRN's settings")
    }
    return try own ?? config.required("max_position_embeddings").int(in: 1...(1 << 30))
  }

  /// The factor of cosines and sines: as stated, or by the two factors of DeepSeek, or by the context's.
  private func attentionFactor(_ settings: JSONNode, factor: Double) throws -> Double {
    if let stated = try settings.optional("attention_factor") { return try stated.positiveNumber() }
    let scale = try settings.optional("mscale")?.number() ?? 0
    let all = try settings.optional("mscale_all_dim")?.number() ?? 0
    guard scale != 0, all != 0 else { return YaRN.attentionFactor(of: factor) }
    return YaRN.attentionFactor(of: factor, scale: scale)
      / YaRN.attentionFactor(of: factor, scale: all)
  }

  /// The scaling of `dynamic` within the context, which is none.
  ///
  /// transformers takes the plain base for texts of up to `max_position_embeddings`, and for longer ones another that
  /// grows with the text. An artifact refuses longer texts.
  func dynamic(_ settings: JSONNode) throws -> RoPE.Scaling {
    let known: Set = ["rope_type", "type", "rope_theta", "partial_rotary_factor", "factor"]
    for (name, node) in try settings.members() where !known.contains(name) {
      if name == "original_max_position_embeddings",
        try node.int() == int("max_position_embeddings")
      {
        continue
      }
      throw node.refuse(
        expected:
          "no such setting of dynamic: only the frequencies within max_position_embeddings are the same "
          + "for texts of every length")
    }
    return .none
  }
}
