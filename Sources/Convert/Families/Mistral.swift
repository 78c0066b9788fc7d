import CleaveModel

extension Family {
  /// Mistral: a Llama whose blocks may all have a sliding window (Jiang et al., arXiv 2310.06825).
  static let mistral = Family(
    name: "mistral",
    huggingFace: HuggingFaceFormat(
      modelClass: "MistralForCausalLM",
      defaults: .init(kvHeadCount: 8, context: 131_072),
      read: { model, settings in
        // transformers assumes a window of 4096 if the setting is absent; null means none.
        let size = try settings.has("sliding_window") ? settings.int("sliding_window") : 4096
        model.window = size.map { SlidingWindow(size: $0, blocks: Array(0..<model.blockCount)) }
      },
      write: { [("sliding_window", $0.window.map { .integer(Int64($0.size)) } ?? .null)] }),
    // Converters write Mistral as llama, without the window.
    gguf: GGUFFormat(architecture: "llama", interleavesRows: true))
}
