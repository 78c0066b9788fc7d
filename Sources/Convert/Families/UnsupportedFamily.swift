/// Families that people ask for and that the engine does not compute, with the reason.
enum UnsupportedFamily {
  /// The reason why a `model_type` of config.json or a `general.architecture` of a GGUF file is refused; nil for one
  /// that is not in the list.
  static func reason(_ name: String) -> String? {
    reasons.first { $0.names.contains(name) }.map { "\(name) has \($0.reason), not supported yet." }
  }

  private static let reasons: [(names: [String], reason: String)] = [
    (["gpt_bigcode", "starcoder"], "one key for all heads in a joined matrix"),
    (["opt"], "embeddings of positions that begin with a later row"),
    (["bloom", "mpt", "falcon"], "ALiBi or one key for all heads in a joined matrix"),
    (
      ["deepseek_v2", "deepseek_v3", "deepseek2", "minicpm3", "kimi_k2"],
      "latent attention (MLA), whose keys and values are made of a compressed vector"
    ),
    (["llama4", "llama4_text"], "attention in chunks, and experts in some blocks only"),
    (
      ["gemma3n", "gemma3n_text", "gemma4", "gemma4_text"],
      "embeddings for each block, and blocks that read the keys and values of others"
    ),
    (
      ["granitemoehybrid", "granitehybrid", "mamba", "mamba2", "falcon_h1", "nemotron_h", "jamba"],
      "state space blocks (Mamba)"
    ),
    (["qwen3_next", "qwen3next", "qwen3_5_moe"], "DeltaNets together with experts"),
    (["rwkv", "rwkv6", "rwkv7"], "blocks of RWKV"),
  ]
}
