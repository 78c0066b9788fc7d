extension Family {
  /// Llama 2 and 3, SmolLM, TinyLlama and all that took their shape: the plain block.
  static let llama = Family(
    name: "llama",
    huggingFace: HuggingFaceForm(modelClass: "LlamaForCausalLM"),
    gguf: GGUFForm(architecture: "llama", interleavesRows: true))
}
