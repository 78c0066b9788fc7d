import CleaveModel
import CleaveStorage

extension Family {
  /// StarCoder 2 (Lozhkov et al., arXiv 2402.19173): LayerNorm, biases everywhere, networks without a gate.
  static let starCoder2 = Family(
    name: "starcoder2",
    huggingFace: HuggingFaceFormat(
      modelClass: "Starcoder2ForCausalLM",
      defaults: .init(
        headCount: 24, vocabularySize: 49_152, kvHeadCount: 2, intermediateSize: 12_288,
        context: 4096, epsilon: 1e-5, isTied: true),
      names: [
        .up: "mlp.c_fc.weight", .upBias: "mlp.c_fc.bias", .down: "mlp.c_proj.weight",
        .downBias: "mlp.c_proj.bias",
      ],
      usualActivation: .geluTanh, epsilonKey: "norm_epsilon",
      read: { model, settings in
        model.setStarCoder2Blocks()
        let isBiased = try settings.config.optional("use_bias")?.bool() ?? true
        model.block.queryKeyValueBias = isBiased
        model.block.outputBias = isBiased
        model.block.feedForwardBias = isBiased
        model.window = try settings.int("sliding_window").map {
          SlidingWindow(size: $0, blocks: Array(0..<model.blockCount))
        }
      },
      write: { model in
        [
          ("use_bias", .bool(model.block.feedForwardBias)),
          ("sliding_window", model.window.map { .integer(Int64($0.size)) } ?? .null),
        ]
      }),
    gguf: GGUFFormat(
      architecture: "starcoder2", epsilonKey: "attention.layer_norm_epsilon",
      read: { model, _ in
        model.setStarCoder2Blocks()
        model.block.activation = .geluTanh
        model.block.feedForwardBias = true
      },
      write: { model, path in
        let expected = GGUFExpectations(model, path: path, architecture: "starcoder2")
        try expected.wholeHeads()
        try expected.activation(.geluTanh)
        try expected.attentionBiases(true)
        try expected.feedForwardBiases(true)
        return []
      }))
}

extension ModelConfiguration {
  fileprivate mutating func setStarCoder2Blocks() {
    block.norm = .layer
    block.normBias = true
    block.gated = false
  }
}
