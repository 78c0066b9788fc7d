import CleaveModel
import CleaveStorage

extension Family {
  /// GPT-2 (Radford et al., 2019): embeddings of positions in the place of RoPE, LayerNorm, biases everywhere, networks
  /// without a gate. Checkpoints store the matrices of the blocks transposed.
  static let gpt2 = Family(
    name: "gpt2",
    huggingFace: HuggingFaceFormat(
      modelClass: "GPT2LMHeadModel",
      defaults: .init(
        headCount: 12, vocabularySize: 50_257, intermediateFactor: 4, context: 1024, epsilon: 1e-5,
        isTied: true),
      names: [
        .attentionNorm: "ln_1.weight", .attentionNormBias: "ln_1.bias",
        .output: "attn.c_proj.weight", .outputBias: "attn.c_proj.bias",
        .feedForwardNorm: "ln_2.weight", .feedForwardNormBias: "ln_2.bias",
        .up: "mlp.c_fc.weight", .upBias: "mlp.c_fc.bias",
        .down: "mlp.c_proj.weight", .downBias: "mlp.c_proj.bias",
      ],
      fused: [
        FusedTensor(name: "attn.c_attn.weight", parts: [.query, .key, .value]),
        FusedTensor(name: "attn.c_attn.bias", parts: [.queryBias, .keyBias, .valueBias]),
      ],
      outside: HuggingFaceModelNames(
        base: "transformer.", embedding: "model.wte.weight", positions: "model.wpe.weight",
        layers: "model.h", finalNorm: "model.ln_f.weight"),
      settingNames: [
        "hidden_size": "n_embd", "num_hidden_layers": "n_layer", "num_attention_heads": "n_head",
        "intermediate_size": "n_inner", "max_position_embeddings": "n_positions",
      ],
      transposesMatrices: true, activationKey: "activation_function",
      usualActivation: .geluTanh, epsilonKey: "layer_norm_epsilon",
      read: { model, settings in
        model.setGPT2Blocks()
        try settings.readGPT2(&model)
      },
      write: { model in [("scale_attn_weights", .bool(model.attentionScale == nil))] }),
    gguf: GGUFFormat(
      architecture: "gpt2",
      fused: [
        FusedTensor(name: "attn_qkv.weight", parts: [.query, .key, .value]),
        FusedTensor(name: "attn_qkv.bias", parts: [.queryBias, .keyBias, .valueBias]),
      ],
      epsilonKey: "attention.layer_norm_epsilon",
      read: { model, _ in
        model.setGPT2Blocks()
        // llama.cpp takes the tanh form for it.
        model.block.activation = .geluTanh
      },
      write: { model, path in
        let expected = GGUFExpectations(model, path: path, architecture: "gpt2")
        try expected.wholeHeads()
        try expected.activation(.geluTanh)
        try expected.usualScale()
        return []
      }))
}

extension ModelConfiguration {
  fileprivate mutating func setGPT2Blocks() {
    // Its classes know no other number, and no RoPE.
    kvHeadCount = headCount
    rope = RoPE(theta: 10_000)
    unrotatedBlocks = Array(0..<blockCount)
    learnedPositions = contextLength
    block.norm = .layer
    block.normBias = true
    block.gated = false
    block.queryKeyValueBias = true
    block.outputBias = true
    block.feedForwardBias = true
  }
}

extension HuggingFaceSettings {
  fileprivate func readGPT2(_ model: inout ModelConfiguration) throws {
    // Heads are as wide as the hidden states, whatever the file says of them.
    model.headDimension = model.hiddenSize / model.headCount
    guard model.querySize == model.hiddenSize else {
      throw try config.required("n_head").refuse(
        expected: "a divisor of n_embd, \(model.hiddenSize)")
    }
    if let scaled = try config.optional("scale_attn_weights"), try !scaled.bool() {
      model.attentionScale = 1
    }
    for (name, meaning) in [
      ("scale_attn_by_inverse_layer_idx", "scores that every block divides by its own number"),
      ("add_cross_attention", "attention to the states of an encoder"),
    ] {
      guard let node = try config.optional(name), try node.bool() else { continue }
      throw node.refuse(expected: "false: \(meaning) are not supported")
    }
  }
}
