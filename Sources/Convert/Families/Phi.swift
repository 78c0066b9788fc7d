import CleaveModel
import CleaveStorage

extension Family {
  /// Phi 1 to 2 (Gunasekar et al., arXiv 2306.11644): LayerNorm, both parts of a block on one norm, networks without a
  /// gate, RoPE on a part of each head, biases everywhere, of the unembedding too.
  static let phi = Family(
    name: "phi",
    huggingFace: HuggingFaceFormat(
      modelClass: "PhiForCausalLM",
      defaults: .init(
        headCount: 32, vocabularySize: 51_200, intermediateSize: 8192, epsilon: 1e-5,
        rotatedShare: 0.5),
      names: [
        .output: "self_attn.dense.weight", .outputBias: "self_attn.dense.bias",
        .up: "mlp.fc1.weight", .upBias: "mlp.fc1.bias",
        .down: "mlp.fc2.weight", .downBias: "mlp.fc2.bias",
      ],
      outside: HuggingFaceModelNames(finalNorm: "model.final_layernorm.weight"),
      usualActivation: .geluTanh, epsilonKey: "layer_norm_eps",
      read: { model, settings in
        model.setPhiBlocks()
        if model.tiedEmbeddings {
          throw try settings.config.required("tie_word_embeddings").refuse(
            expected: "false: a head with a bias that is tied to the embedding is not supported")
        }
        try settings.require(
          "head_dim", model.hiddenSize / model.headCount, "heads as wide as the hidden states")
        if let norms = try settings.config.optional("qk_layernorm"), try norms.bool() {
          throw norms.refuse(
            expected: "false: norms of queries and keys with biases are not supported")
        }
      },
      write: { _ in [("qk_layernorm", false)] }),
    gguf: GGUFFormat(
      architecture: "phi2", rotatesPart: true, epsilonKey: "attention.layer_norm_epsilon",
      read: { model, _ in
        model.setPhiBlocks()
        // llama.cpp takes the tanh form for it.
        model.block.activation = .geluTanh
      },
      write: { model, path in
        let expected = GGUFExpectations(model, path: path, architecture: "phi2")
        try expected.wholeHeads()
        try expected.activation(.geluTanh)
        return []
      }))
}

extension ModelConfiguration {
  fileprivate mutating func setPhiBlocks() {
    headBias = true
    block.norm = .layer
    block.normBias = true
    block.parallel = .sharedNorm
    block.gated = false
    block.queryKeyValueBias = true
    block.outputBias = true
    block.feedForwardBias = true
  }
}
