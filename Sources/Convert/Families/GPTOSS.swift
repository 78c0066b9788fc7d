import CleaveModel
import CleaveStorage

extension Family {
  /// gpt-oss (OpenAI, arXiv 2508.10925): a mixture of experts in every block, whose gated units are bounded; scores of
  /// attention that belong to no key; biases everywhere; YaRN; a window in every other block.
  static let gptOSS = Family(
    name: "gpt_oss",
    huggingFace: HuggingFaceFormat(
      modelClass: "GptOssForCausalLM",
      defaults: .init(
        headDimension: 64, headCount: 64, vocabularySize: 201_088, kvHeadCount: 8,
        intermediateSize: 2880, context: 131_072, epsilon: 1e-5, theta: 150_000,
        hasAttentionBias: true),
      names: [.router: "mlp.router.weight", .routerBias: "mlp.router.bias"],
      joinsExperts: true,
      read: { model, settings in
        model.setGPTOSSBlocks(
          Experts(
            count: try settings.int("num_local_experts") ?? settings.int("num_experts") ?? 128,
            perToken: try settings.int("num_experts_per_tok") ?? 4, normalized: true))
        model.block.gateClamp = GateClamp(
          slope: try settings.single("swiglu_alpha") ?? GateClamp.gptOSS.slope,
          limit: try settings.single("swiglu_limit") ?? GateClamp.gptOSS.limit)
        if try settings.config.optional("rope_parameters") == nil,
          try settings.config.optional("rope_scaling") == nil
        {
          model.rope.scaling = .yarn(
            YaRN(
              factor: 32, originalContext: 4096,
              attentionFactor: Float(YaRN.attentionFactor(of: 32)), truncates: false))
        }
        let size = try settings.has("sliding_window") ? settings.int("sliding_window") : 128
        let sliding =
          try settings.slidingBlocks(of: model.blockCount)
          ?? ModelConfiguration.slidingBlocks(of: model.blockCount, pattern: 2)
        if let size { model.setWindow(size, sliding, model.rope) }
      },
      write: { model in
        guard let experts = model.block.experts, let clamp = model.block.gateClamp else {
          return []
        }
        func number(_ value: Float) -> JSON { .real(Double(value.description) ?? Double(value)) }
        // Without a word about RoPE, transformers takes this family's YaRN.
        let plain: [JSONObject.Member] =
          model.rope.scaling == .none
          ? [("rope_parameters", ["rope_type": "default", "rope_theta": .real(model.rope.theta)])]
          : []
        return plain + [
          ("num_local_experts", .integer(Int64(experts.count))),
          ("num_experts_per_tok", .integer(Int64(experts.perToken))),
          ("swiglu_alpha", number(clamp.slope)), ("swiglu_limit", number(clamp.limit)),
          ("sliding_window", model.window.map { .integer(Int64($0.size)) } ?? .null),
          ("layer_types", HuggingFaceSettings.layerTypes(model)),
        ]
      }),
    gguf: GGUFFormat(
      architecture: "gpt-oss", truncatesYaRN: false, hasWindow: true, isDense: false,
      read: { model, settings in
        model.setGPTOSSBlocks(
          Experts(
            count: try settings.required("expert_count"),
            perToken: try settings.required("expert_used_count"), normalized: true))
        model.block.gateClamp = .gptOSS
        model.intermediateSize = try settings.required("expert_feed_forward_length")
        let size = try settings.required("attention.sliding_window")
        let sliding = try settings.windowPattern(default: 2, blocks: model.blockCount)
        model.setWindow(size, sliding, model.rope)
      },
      write: { try GGUFSettings.gptOSSMembers($0, path: $1) },
      names: [.feedForwardNorm: "post_attention_norm.weight"]))
}

extension GateClamp {
  /// The bounds of gpt-oss, which llama.cpp has hard-wired.
  fileprivate static let gptOSS = GateClamp(slope: 1.702, limit: 7)
}

extension ModelConfiguration {
  fileprivate mutating func setGPTOSSBlocks(_ experts: Experts) {
    block.experts = experts
    block.feedForwardBias = true
    block.attentionSinks = true
  }
}

extension GGUFSettings {
  fileprivate static func gptOSSMembers(
    _ model: ModelConfiguration, path: String
  ) throws -> [(key: String, value: GGUFWriter.Value)] {
    let expected = GGUFExpectations(model, path: path, architecture: "gpt-oss")
    try expected.ownHead()
    try expected.attentionBiases(true)
    try expected.clamp(.gptOSS)
    guard let experts = model.block.experts else { return [] }
    let blocks = model.window?.blocks ?? []
    return [
      ("expert_count", .uint32(UInt32(experts.count))),
      ("expert_used_count", .uint32(UInt32(experts.perToken))),
      ("expert_feed_forward_length", .uint32(UInt32(model.intermediateSize))),
      // A window that hides nothing, where there is none.
      (
        "attention.sliding_window", .uint32(UInt32(model.window?.size ?? model.contextLength))
      ),
      (
        "attention.sliding_window_pattern",
        .bools((0..<model.blockCount).map { blocks.contains($0) })
      ),
    ]
  }
}
