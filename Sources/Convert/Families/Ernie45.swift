import CleaveModel
import CleaveStorage

extension Family {
  /// ERNIE 4.5, dense (Baidu 2025): a Llama whose RoPE rotates neighbours.
  static let ernie45 = Family(
    name: "ernie4_5",
    huggingFace: HuggingFaceFormat(
      modelClass: "Ernie4_5ForCausalLM",
      defaults: .init(
        headDimension: 128, headCount: 16, vocabularySize: 103_424, kvHeadCount: 2,
        intermediateSize: 3072, context: 131_072, epsilon: 1e-5, theta: 500_000, isTied: true),
      interleavesRows: true,
      read: { model, settings in
        // The setting is about the feed-forward network too.
        if let bias = try settings.config.optional("use_bias"), try bias.bool() {
          throw bias.refuse(expected: "false: biases of feed-forward networks are not supported")
        }
        // Null is not the default of an absent setting.
        if try settings.isNull("head_dim") {
          model.headDimension = model.hiddenSize / model.headCount
        }
        if try settings.isNull("num_key_value_heads") { model.kvHeadCount = model.headCount }
      },
      write: { _ in [("use_bias", false)] }),
    gguf: GGUFFormat(
      architecture: "ernie4_5", interleavesRows: true,
      write: { model, path in
        func refuse(_ location: String, _ found: String, _ expected: String) -> InputError {
          InputError(
            file: path, location: "configuration.\(location)", found: found, expected: expected)
        }
        guard !model.block.outputBias else {
          throw refuse(
            "block.output_bias", "true", "false: llama.cpp does not add it in ernie4_5")
        }
        switch model.rope.scaling {
        case .none, .linear, .yarn: return []
        case .llama3, .divisors, .longRoPE:
          throw refuse(
            "rope.scaling.kind", "factors of single frequencies",
            "none, linear or yarn: llama.cpp reads no such factors in ernie4_5")
        }
      }))
}

extension HuggingFaceSettings {
  fileprivate func isNull(_ name: String) throws -> Bool {
    try has(name) && config.optional(name) == nil
  }
}
