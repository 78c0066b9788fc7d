import CleaveModel
import CleaveStorage

extension Family {
  /// LFM2 (Liquid AI 2025): gated short convolutions in most blocks, and attention with norms on queries and keys in
  /// the others.
  static let lfm2 = Family(
    name: "lfm2",
    huggingFace: HuggingFaceFormat(
      modelClass: "Lfm2ForCausalLM",
      defaults: .init(
        headCount: 32, vocabularySize: 65_536, kvHeadCount: 8, intermediateSize: 12_288,
        context: 128_000, epsilon: 1e-5, theta: 1_000_000, isTied: true),
      names: [
        .attentionNorm: "operator_norm.weight", .feedForwardNorm: "ffn_norm.weight",
        .queryNorm: "self_attn.q_layernorm.weight", .keyNorm: "self_attn.k_layernorm.weight",
        .output: "self_attn.out_proj.weight", .gate: "feed_forward.w1.weight",
        .up: "feed_forward.w3.weight", .down: "feed_forward.w2.weight",
      ],
      fused: [
        FusedTensor(
          name: "conv.in_proj.weight",
          parts: [.convolutionInputGate, .convolutionOutputGate, .convolutionInput])
      ],
      outside: HuggingFaceModelNames(finalNorm: "model.embedding_norm.weight"),
      read: { model, settings in
        model.block.queryKeyNorm = true
        if let epsilon = try settings.number("norm_eps") { model.normEpsilon = Float(epsilon) }
        if let tied = try settings.config.optional("tie_embedding") {
          model.tiedEmbeddings = try tied.bool()
        }
        model.intermediateSize = try settings.lfm2IntermediateSize(model.intermediateSize)
        let blocks = try settings.lfm2Convolutions(of: model.blockCount)
        let kernel = try settings.int("conv_L_cache") ?? 3
        if let bias = try settings.config.optional("conv_bias"), try bias.bool() {
          throw bias.refuse(expected: "false: biases of convolutions are not supported")
        }
        for name in ["conv_dim", "conv_dim_out"] {
          try settings.require(name, model.hiddenSize, "as wide as the hidden states")
        }
        guard !blocks.isEmpty else { return }
        model.convolution = ShortConvolution(kernel: kernel, blocks: blocks)
      },
      write: HuggingFaceSettings.lfm2Members),
    gguf: nil)
}

extension HuggingFaceSettings {
  /// The width of the feed-forward network, which the settings give before it is adjusted.
  fileprivate func lfm2IntermediateSize(_ stated: Int) throws -> Int {
    let size = try config.optional("block_ff_dim")?.int(in: 1...(1 << 24)) ?? stated
    guard try config.optional("block_auto_adjust_ff_dim")?.bool() ?? true else { return size }
    let unit = try config.optional("block_multiple_of")?.int(in: 1...(1 << 24)) ?? 256
    let factor = try number("block_ffn_dim_multiplier") ?? 1
    guard factor <= 1024 else {
      throw try config.required("block_ffn_dim_multiplier").refuse(expected: "at most 1024")
    }
    let share: Double = (2 * Double(size) / 3).rounded(.towardZero)
    let adjusted = Int(factor * share)
    return (adjusted + unit - 1) / unit * unit
  }

  /// The blocks with a convolution: those that `layer_types` says, or all but `full_attn_idxs`.
  fileprivate func lfm2Convolutions(of count: Int) throws -> [Int] {
    if let node = try config.optional("layer_types") {
      return try blocks(of: "conv", in: node, count: count)
    }
    guard let node = try config.optional("full_attn_idxs") else { return [] }
    let attention = Set(try node.elements().map { try $0.int(in: 0...max(0, count - 1)) })
    return (0..<count).filter { !attention.contains($0) }
  }

  fileprivate static func lfm2Members(_ model: ModelConfiguration) -> [JSONObject.Member] {
    let types = (0..<model.blockCount).map {
      model.mixer(ofBlock: $0) == .convolution ? "conv" : "full_attention"
    }
    return [
      ("norm_eps", .real(Double(model.normEpsilon.description) ?? 0)),
      ("tie_embedding", .bool(model.tiedEmbeddings)),
      ("block_auto_adjust_ff_dim", false), ("conv_bias", false),
      ("block_ff_dim", .integer(Int64(model.intermediateSize))),
      ("conv_L_cache", .integer(Int64(model.convolution?.kernel ?? 3))),
      ("layer_types", .array(types.map { .string($0) })),
    ]
  }
}
