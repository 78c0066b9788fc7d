extension Family {
  /// Qwen 3: a Llama with RMSNorm on each head of queries and keys (Yang et al., arXiv 2505.09388).
  static let qwen3 = Family(
    name: "qwen3",
    huggingFace: HuggingFaceFormat(
      modelClass: "Qwen3ForCausalLM",
      defaults: .init(headDimension: 128, kvHeadCount: 32, context: 32_768),
      read: { model, settings in
        model.block.queryKeyNorm = true
        model.window = try settings.qwenWindow(blocks: model.blockCount)
      },
      write: HuggingFaceSettings.qwenMembers),
    gguf: GGUFFormat(architecture: "qwen3", read: { model, _ in model.block.queryKeyNorm = true }))
}
