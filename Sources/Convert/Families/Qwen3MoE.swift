import CleaveModel
import CleaveStorage

extension Family {
  /// Qwen 3 with a mixture of experts in every block (Yang et al., arXiv 2505.09388).
  static let qwen3MoE = Family(
    name: "qwen3_moe",
    huggingFace: HuggingFaceFormat(
      modelClass: "Qwen3MoeForCausalLM",
      defaults: .init(headDimension: 128, kvHeadCount: 4, context: 32_768),
      read: { model, settings in
        model.block.queryKeyNorm = true
        model.block.experts = Experts(
          // transformers 5 writes `num_local_experts`.
          count: try settings.int("num_experts") ?? settings.int("num_local_experts") ?? 128,
          perToken: try settings.int("num_experts_per_tok") ?? 8,
          normalized: try settings.flag("norm_topk_prob"))
        model.intermediateSize = try settings.int("moe_intermediate_size") ?? 768
        try settings.require("decoder_sparse_step", 1, "experts in every block")
        try settings.requireEmpty("mlp_only_layers", "experts in every block")
        if try settings.flag("use_sliding_window"),
          let size = try settings.has("sliding_window") ? settings.int("sliding_window") : 4096
        {
          model.window = SlidingWindow(size: size, blocks: Array(0..<model.blockCount))
        }
      },
      write: { model in
        guard let experts = model.block.experts else { return [] }
        return [
          ("num_experts", .integer(Int64(experts.count))),
          ("num_experts_per_tok", .integer(Int64(experts.perToken))),
          ("norm_topk_prob", .bool(experts.normalized)),
          ("moe_intermediate_size", .integer(Int64(model.intermediateSize))),
          ("decoder_sparse_step", 1), ("mlp_only_layers", []),
          ("use_sliding_window", .bool(model.window != nil)),
          ("sliding_window", model.window.map { .integer(Int64($0.size)) } ?? .null),
        ]
      }),
    gguf: GGUFFormat(
      architecture: "qwen3moe",
      isDense: false,
      read: { model, settings in
        model.block.queryKeyNorm = true
        model.block.experts = Experts(
          count: try settings.required("expert_count"),
          perToken: try settings.required("expert_used_count"),
          // llama.cpp always normalizes for this architecture.
          normalized: true)
        model.intermediateSize = try settings.required("expert_feed_forward_length")
      },
      write: { model, path in
        guard let experts = model.block.experts else { return [] }
        guard experts.normalized else {
          throw InputError(
            file: path, location: "configuration.block.experts.normalized", found: "false",
            expected: "true: llama.cpp makes the weights of a token's experts sum to 1")
        }
        return [
          ("expert_count", .uint32(UInt32(experts.count))),
          ("expert_used_count", .uint32(UInt32(experts.perToken))),
          ("expert_feed_forward_length", .uint32(UInt32(model.intermediateSize))),
        ]
      }))
}
