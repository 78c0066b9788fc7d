import CleaveModel
import CleaveStorage

extension Family {
  /// Qwen2-MoE and Qwen1.5-MoE (Yang et al., arXiv 2407.10671): a Qwen2 with a mixture of experts in every block, and an
  /// expert beside them that every token goes through, times a gate of its own.
  static let qwen2MoE = Family(
    name: "qwen2_moe",
    huggingFace: HuggingFaceFormat(
      modelClass: "Qwen2MoeForCausalLM",
      defaults: .init(
        headCount: 16, vocabularySize: 151_936, kvHeadCount: 16, context: 32_768),
      read: { model, settings in
        model.block.queryKeyValueBias = try settings.config.optional("qkv_bias")?.bool() ?? true
        model.block.experts = Experts(
          // transformers 5 writes `num_local_experts`.
          count: try settings.int("num_experts") ?? settings.int("num_local_experts") ?? 60,
          perToken: try settings.int("num_experts_per_tok") ?? 4,
          normalized: try settings.flag("norm_topk_prob"),
          sharedSize: try settings.int("shared_expert_intermediate_size") ?? 5632)
        model.intermediateSize = try settings.int("moe_intermediate_size") ?? 1408
        try settings.require("decoder_sparse_step", 1, "experts in every block")
        try settings.requireEmpty("mlp_only_layers", "experts in every block")
        model.window = try settings.alternatingWindow(blocks: model.blockCount)
      },
      write: { model in
        guard let experts = model.block.experts else { return [] }
        return [
          ("num_experts", .integer(Int64(experts.count))),
          ("num_experts_per_tok", .integer(Int64(experts.perToken))),
          ("norm_topk_prob", .bool(experts.normalized)),
          ("moe_intermediate_size", .integer(Int64(model.intermediateSize))),
          ("shared_expert_intermediate_size", .integer(Int64(experts.sharedSize ?? 0))),
          ("qkv_bias", .bool(model.block.queryKeyValueBias)),
          ("decoder_sparse_step", 1), ("mlp_only_layers", []),
        ] + HuggingFaceSettings.qwenMembers(model)
      }),
    gguf: GGUFFormat(
      architecture: "qwen2moe", isDense: false,
      read: { model, settings in
        model.block.experts = Experts(
          count: try settings.required("expert_count"),
          perToken: try settings.required("expert_used_count"),
          // llama.cpp never normalizes for this architecture.
          normalized: false,
          sharedSize: try settings.int("expert_shared_feed_forward_length")
            ?? settings.required("feed_forward_length"))
        model.intermediateSize = try settings.required("expert_feed_forward_length")
      },
      write: { model, path in
        guard let experts = model.block.experts else { return [] }
        guard !experts.normalized else {
          throw InputError(
            file: path, location: "configuration.block.experts.normalized", found: "true",
            expected: "false: llama.cpp does not make the weights of a token's experts sum to 1")
        }
        return [
          ("expert_count", .uint32(UInt32(experts.count))),
          ("expert_used_count", .uint32(UInt32(experts.perToken))),
          ("expert_feed_forward_length", .uint32(UInt32(model.intermediateSize))),
          ("expert_shared_feed_forward_length", .uint32(UInt32(experts.sharedSize ?? 0))),
        ]
      }))
}

extension HuggingFaceSettings {
  /// The sliding window of Qwen2-MoE; nil unless `use_sliding_window` is set. Without `layer_types`, every other of the
  /// first `max_window_layers` blocks has it.
  fileprivate func alternatingWindow(blocks: Int) throws -> SlidingWindow? {
    guard try flag("use_sliding_window"),
      let size = try has("sliding_window") ? int("sliding_window") : 4096
    else { return nil }
    let first = try int("max_window_layers") ?? 28
    let sliding =
      try slidingBlocks(of: blocks) ?? (0..<blocks).filter { $0 % 2 == 0 && $0 < first }
    return sliding.isEmpty ? nil : SlidingWindow(size: size, blocks: sliding)
  }
}
