import CleaveModel
import CleaveStorage

extension Family {
  /// OLMo 2 (Walsh et al., arXiv 2501.00656): norms after the parts of a block only, and a norm of all queries, and of
  /// all keys, of a position together.
  static let olmo2 = Family(
    name: "olmo2",
    huggingFace: HuggingFaceFormat(
      modelClass: "Olmo2ForCausalLM",
      defaults: .init(headCount: 32, vocabularySize: 50_304, epsilon: 1e-5),
      names: olmoNames,
      read: { model, _ in model.setOLMo2Blocks() }),
    gguf: GGUFFormat(architecture: "olmo2", read: { model, _ in model.setOLMo2Blocks() }))

  /// OLMo 3: an OLMo 2 of which three blocks of four have a sliding window. Long contexts are the others' matter: the
  /// scaling of RoPE is theirs alone.
  static let olmo3 = Family(
    name: "olmo3",
    huggingFace: HuggingFaceFormat(
      modelClass: "Olmo3ForCausalLM",
      defaults: .init(headCount: 32, vocabularySize: 50_304, epsilon: 1e-5, theta: 500_000),
      names: olmoNames,
      nestsRoPE: true,
      read: { model, settings in
        model.setOLMo2Blocks()
        guard let size = try settings.has("sliding_window") ? settings.int("sliding_window") : 4096
        else { return }
        if let parameters = try settings.config.optional("rope_parameters"),
          try parameters.optional("full_attention") == nil
        {
          throw parameters.refuse(
            expected: "settings for full_attention and sliding_attention", found: "one for both")
        }
        let sliding =
          try settings.slidingBlocks(of: model.blockCount)
          ?? ModelConfiguration.slidingBlocks(of: model.blockCount, pattern: 4)
        let local = try settings.rope(
          layerType: "sliding_attention", thetaKey: "rope_local_base_freq", theta: 500_000)
        guard !sliding.isEmpty else { return }
        model.window = SlidingWindow(
          size: size, blocks: sliding, rope: local == model.rope ? nil : local)
      },
      write: { model in
        [
          ("sliding_window", .integer(Int64(model.window?.size ?? 4096))),
          ("layer_types", HuggingFaceSettings.layerTypes(model)),
        ]
      }),
    gguf: GGUFFormat(
      architecture: "olmo2", marker: "attention.sliding_window", hasWindow: true,
      read: { model, settings in
        model.setOLMo2Blocks()
        let size = try settings.required("attention.sliding_window")
        let sliding = try settings.windowPattern(default: 4, blocks: model.blockCount)
        guard !sliding.isEmpty else { return }
        let local = RoPE(theta: model.rope.theta)
        model.window = SlidingWindow(
          size: size, blocks: sliding, rope: local == model.rope ? nil : local)
      },
      write: { try GGUFSettings.olmo3Members($0, path: $1) }))

  private static let olmoNames: [BlockWeight: String] = [
    .postAttentionNorm: "post_attention_layernorm.weight",
    .postFeedForwardNorm: "post_feedforward_layernorm.weight",
  ]
}

extension ModelConfiguration {
  fileprivate mutating func setOLMo2Blocks() {
    block.queryKeyNorm = true
    block.wholeQueryKeyNorm = true
    block.preNorms = false
    block.postNorms = true
  }
}

extension GGUFSettings {
  fileprivate static func olmo3Members(
    _ model: ModelConfiguration, path: String
  ) throws -> [(key: String, value: GGUFWriter.Value)] {
    guard let window = model.window else { return [] }
    func refuse(_ name: String, _ found: String, _ expected: String) -> InputError {
      InputError(
        file: path, location: "configuration.sliding_window.\(name)", found: found,
        expected: expected)
    }
    guard window.blocks == ModelConfiguration.slidingBlocks(of: model.blockCount, pattern: 4) else {
      throw refuse(
        "blocks", "\(window.blocks.prefix(16))", "all but every fourth, as llama.cpp has it")
    }
    let local = window.rope ?? model.rope
    guard local == RoPE(theta: model.rope.theta) else {
      throw refuse("rope", "another RoPE", "the model's without scaling, as llama.cpp computes it")
    }
    return [
      ("attention.sliding_window", .uint32(UInt32(window.size))),
      (
        "attention.sliding_window_pattern",
        .bools((0..<model.blockCount).map { window.blocks.contains($0) })
      ),
    ]
  }
}
