extension Family {
  /// Llama 2 and 3 (Touvron et al., arXiv 2307.09288), SmolLM, TinyLlama and other models of the
  /// same architecture.
  static let llama = Family(
    name: "llama",
    huggingFace: HuggingFaceFormat(modelClass: "LlamaForCausalLM"),
    gguf: GGUFFormat(architecture: "llama", interleavesRows: true))
}
