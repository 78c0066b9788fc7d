import CleaveModel
import CleaveStorage

extension Family {
  /// GLM-4 of 2024 (GLM Team, arXiv 2406.12793): a Llama with biases on queries, keys and values, fused gate and up
  /// matrices, and RoPE on half of each head, whose pairs are neighbours.
  static let glm: Family = {
    var gguf = GGUFFormat.glm(architecture: "chatglm")
    gguf.write = { model, path in
      guard model.querySize == model.hiddenSize else {
        throw InputError(
          file: path, location: "configuration.head_dimension",
          found: "\(model.headCount) heads of \(model.headDimension)",
          expected: "\(model.hiddenSize) in all, the hidden size, as llama.cpp has it for chatglm")
      }
      return []
    }
    return Family(name: "glm", huggingFace: .glm("GlmForCausalLM"), gguf: gguf)
  }()

  /// GLM-4 of 2025: the same with norms after attention and after the feed-forward network.
  static let glm4: Family = {
    var huggingFace = HuggingFaceFormat.glm("Glm4ForCausalLM")
    huggingFace.names = [
      .postAttentionNorm: "post_self_attn_layernorm.weight",
      .postFeedForwardNorm: "post_mlp_layernorm.weight",
    ]
    huggingFace.read = { model, _ in model.block.postNorms = true }
    var gguf = GGUFFormat.glm(architecture: "glm4")
    gguf.read = { model, _ in model.block.postNorms = true }
    return Family(name: "glm4", huggingFace: huggingFace, gguf: gguf)
  }()
}

extension HuggingFaceFormat {
  fileprivate static func glm(_ modelClass: String) -> HuggingFaceFormat {
    HuggingFaceFormat(
      modelClass: modelClass,
      defaults: .init(
        headDimension: 128, headCount: 32, vocabularySize: 151_552, kvHeadCount: 2,
        context: 131_072, epsilon: 1.5625e-7, rotatedShare: 0.5, hasAttentionBias: true),
      fused: [FusedTensor(name: "mlp.gate_up_proj.weight", parts: [.gate, .up])],
      interleavesRows: true, hasOutputBias: false)
  }
}

extension GGUFFormat {
  fileprivate static func glm(architecture: String) -> GGUFFormat {
    GGUFFormat(
      architecture: architecture, interleavesRows: true, rotatesPart: true,
      fused: [FusedTensor(name: "ffn_up.weight", parts: [.gate, .up])])
  }
}
