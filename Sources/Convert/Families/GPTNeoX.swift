import CleaveModel
import CleaveStorage

extension Family {
  /// GPT-NeoX (Black et al., arXiv 2204.06745) and Pythia: LayerNorm, biases everywhere, networks without a gate, RoPE
  /// on a part of each head. Both parts of a block read what was there before it, each through its own norm, unless
  /// `use_parallel_residual` says otherwise.
  static let gptNeoX = Family(
    name: "gpt_neox",
    huggingFace: HuggingFaceFormat(
      modelClass: "GPTNeoXForCausalLM",
      defaults: .init(
        headCount: 64, vocabularySize: 50_432, intermediateSize: 24_576, epsilon: 1e-5,
        rotatedShare: 0.25, hasAttentionBias: true),
      names: [
        .output: "attention.dense.weight", .outputBias: "attention.dense.bias",
        .up: "mlp.dense_h_to_4h.weight", .upBias: "mlp.dense_h_to_4h.bias",
        .down: "mlp.dense_4h_to_h.weight", .downBias: "mlp.dense_4h_to_h.bias",
      ],
      fused: [
        FusedTensor(
          name: "attention.query_key_value.weight", parts: [.query, .key, .value], isByHead: true),
        FusedTensor(
          name: "attention.query_key_value.bias", parts: [.queryBias, .keyBias, .valueBias],
          isByHead: true),
      ],
      outside: HuggingFaceModelNames(
        base: "gpt_neox.", embedding: "model.embed_in.weight",
        finalNorm: "model.final_layer_norm.weight", head: "embed_out.weight"),
      usualActivation: .gelu, epsilonKey: "layer_norm_eps",
      oldRoPEKeys: ("rotary_emb_base", "rotary_pct"),
      read: { model, settings in
        model.setGPTNeoXBlocks()
        // The class does not know the setting: there is a key for each query head.
        model.kvHeadCount = model.headCount
        try settings.require(
          "head_dim", model.hiddenSize / model.headCount, "heads as wide as the hidden states")
        if try settings.has("use_parallel_residual"), try !settings.flag("use_parallel_residual") {
          model.block.parallel = nil
        }
      },
      write: { model in
        [("use_parallel_residual", .bool(model.block.parallel != nil))]
      }),
    gguf: GGUFFormat(
      architecture: "gptneox", rotatesPart: true,
      fused: [
        FusedTensor(name: "attn_qkv.weight", parts: [.query, .key, .value]),
        FusedTensor(name: "attn_qkv.bias", parts: [.queryBias, .keyBias, .valueBias]),
      ],
      epsilonKey: "attention.layer_norm_epsilon",
      read: { model, settings in
        model.setGPTNeoXBlocks()
        // llama.cpp takes the tanh form for it.
        model.block.activation = .gelu
        model.block.queryKeyValueBias = true
        model.block.outputBias = true
        let name = "use_parallel_residual"
        guard case .bool(let isParallel)? = settings.gguf[settings.key(name)] else {
          throw settings.refuse(name, "no flag", "true or false")
        }
        if !isParallel { model.block.parallel = nil }
      },
      write: { model, path in
        let expected = GGUFExpectations(model, path: path, architecture: "gptneox")
        try expected.ownHead()
        try expected.activation(.gelu)
        try expected.attentionBiases(true)
        return [("use_parallel_residual", .bool(model.block.parallel != nil))]
      }))
}

extension ModelConfiguration {
  fileprivate mutating func setGPTNeoXBlocks() {
    block.norm = .layer
    block.normBias = true
    block.gated = false
    block.feedForwardBias = true
    block.parallel = .ownNorms
  }
}
