import CleaveModel
import CleaveStorage

extension Family {
  /// Mixtral: a Mistral with a mixture of experts in every block (Jiang et al., arXiv 2401.04088).
  static let mixtral = Family(
    name: "mixtral",
    huggingFace: HuggingFaceFormat(
      modelClass: "MixtralForCausalLM",
      defaults: .init(
        headCount: 32, vocabularySize: 32_000, kvHeadCount: 8, context: 131_072, epsilon: 1e-5,
        theta: 1_000_000),
      names: [
        .router: "block_sparse_moe.gate.weight",
        .expertGate: "block_sparse_moe.experts.*.w1.weight",
        .expertUp: "block_sparse_moe.experts.*.w3.weight",
        .expertDown: "block_sparse_moe.experts.*.w2.weight",
      ],
      read: { model, settings in
        model.block.experts = Experts(
          count: try settings.int("num_local_experts") ?? settings.int("num_experts") ?? 8,
          perToken: try settings.int("num_experts_per_tok") ?? 2, normalized: true)
        model.window = try settings.int("sliding_window").map {
          SlidingWindow(size: $0, blocks: Array(0..<model.blockCount))
        }
      },
      write: { model in
        guard let experts = model.block.experts else { return [] }
        return [
          ("num_local_experts", .integer(Int64(experts.count))),
          ("num_experts_per_tok", .integer(Int64(experts.perToken))),
          ("sliding_window", model.window.map { .integer(Int64($0.size)) } ?? .null),
        ]
      }),
    // Converters write Mixtral as llama.
    gguf: GGUFFormat(
      architecture: "llama", interleavesRows: true, marker: "expert_count", isDense: false,
      read: { model, settings in
        model.block.experts = Experts(
          count: try settings.required("expert_count"),
          perToken: try settings.required("expert_used_count"), normalized: true)
      },
      write: { model, _ in
        guard let experts = model.block.experts else { return [] }
        return [
          ("expert_count", .uint32(UInt32(experts.count))),
          ("expert_used_count", .uint32(UInt32(experts.perToken))),
        ]
      }))
}
