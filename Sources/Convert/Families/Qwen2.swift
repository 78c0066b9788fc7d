import CleaveModel
import CleaveStorage

extension Family {
  /// Qwen 2 and 2.5: a Llama with biases on queries, keys and values (Yang et al., arXiv
  /// 2407.10671).
  static let qwen2 = Family(
    name: "qwen2",
    huggingFace: HuggingFaceFormat(
      modelClass: "Qwen2ForCausalLM",
      defaults: .init(kvHeadCount: 32, context: 32_768),
      read: { model, settings in
        model.block.queryKeyValueBias = true
        model.window = try settings.qwenWindow(blocks: model.blockCount)
      },
      write: HuggingFaceSettings.qwenMembers),
    gguf: GGUFFormat(
      architecture: "qwen2", read: { model, _ in model.block.queryKeyValueBias = true }))

  /// The language model of Qwen 2 and 2.5 VL, a Qwen 2 with other defaults.
  static let qwen2VL: Family = {
    var family = Family.qwen2
    family.huggingFace.defaults = .init(
      kvHeadCount: 8, context: 32_768, epsilon: 1e-5, theta: 1_000_000)
    return family
  }()
}

extension HuggingFaceSettings {
  /// The sliding window of a Qwen model with `blocks` blocks; nil unless `use_sliding_window` is
  /// set. Without `layer_types`, the blocks from `max_window_layers` on have it.
  func qwenWindow(blocks: Int) throws -> SlidingWindow? {
    guard try flag("use_sliding_window"),
      let size = try has("sliding_window") ? int("sliding_window") : 4096
    else { return nil }
    if let sliding = try slidingBlocks(of: blocks) {
      return sliding.isEmpty ? nil : SlidingWindow(size: size, blocks: sliding)
    }
    let first = try int("max_window_layers") ?? 28
    return first < blocks ? SlidingWindow(size: size, blocks: Array(first..<blocks)) : nil
  }

  /// The window settings for config.json: the reverse of `qwenWindow`.
  static func qwenMembers(_ model: ModelConfiguration) -> [JSONObject.Member] {
    guard let window = model.window else { return [("use_sliding_window", false)] }
    return [
      ("use_sliding_window", true), ("sliding_window", .integer(Int64(window.size))),
      ("max_window_layers", .integer(Int64(window.blocks.first ?? 0))),
      ("layer_types", layerTypes(model)),
    ]
  }
}
