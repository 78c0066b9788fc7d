import CleaveModel

extension Family {
  /// A Llama whose blocks may all have a window (Jiang et al., arXiv 2310.06825).
  static let mistral = Family(
    name: "mistral",
    huggingFace: HuggingFaceForm(
      modelClass: "MistralForCausalLM",
      defaults: .init(kvHeadCount: 8, context: 131_072),
      read: { model, settings in
        // The class has a window where the file says nothing.
        let size = try settings.has("sliding_window") ? settings.int("sliding_window") : 4096
        model.window = size.map { SlidingWindow(size: $0, blocks: Array(0..<model.blockCount)) }
      },
      write: { [("sliding_window", $0.window.map { .integer(Int64($0.size)) } ?? .null)] }),
    // Converters write them as llama, without the window.
    gguf: GGUFForm(architecture: "llama", interleavesRows: true))
}
