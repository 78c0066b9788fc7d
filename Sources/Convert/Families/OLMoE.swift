import CleaveModel
import CleaveStorage

extension Family {
  /// OLMoE (Muennighoff et al., arXiv 2409.02060): a mixture of experts in every block, and norms of all queries and of
  /// all keys of a position together.
  static let olmoE = Family(
    name: "olmoe",
    huggingFace: HuggingFaceFormat(
      modelClass: "OlmoeForCausalLM",
      defaults: .init(headCount: 16, vocabularySize: 50_304, context: 4096, epsilon: 1e-5),
      read: { model, settings in
        model.setOLMoEBlocks(
          Experts(
            // transformers 5 writes `num_local_experts`.
            count: try settings.int("num_experts") ?? settings.int("num_local_experts") ?? 64,
            perToken: try settings.int("num_experts_per_tok") ?? 8,
            normalized: try settings.flag("norm_topk_prob")))
        for name in ["clip_qkv", "sliding_window"] {
          if let node = try settings.config.optional(name) { throw node.refuse(expected: "null") }
        }
      },
      write: { model in
        guard let experts = model.block.experts else { return [] }
        return [
          ("num_experts", .integer(Int64(experts.count))),
          ("num_experts_per_tok", .integer(Int64(experts.perToken))),
          ("norm_topk_prob", .bool(experts.normalized)), ("clip_qkv", .null),
        ]
      }),
    gguf: GGUFFormat(
      architecture: "olmoe", isDense: false,
      read: { model, settings in
        model.setOLMoEBlocks(
          Experts(
            count: try settings.required("expert_count"),
            perToken: try settings.required("expert_used_count"),
            // llama.cpp never normalizes for this architecture.
            normalized: false))
      },
      write: { try GGUFSettings.olmoEMembers($0, path: $1) }))
}

extension ModelConfiguration {
  fileprivate mutating func setOLMoEBlocks(_ experts: Experts) {
    block.queryKeyNorm = true
    block.wholeQueryKeyNorm = true
    block.experts = experts
  }
}

extension GGUFSettings {
  fileprivate static func olmoEMembers(
    _ model: ModelConfiguration, path: String
  ) throws -> [(key: String, value: GGUFWriter.Value)] {
    func refuse(_ name: String, _ found: String, _ expected: String) -> InputError {
      InputError(
        file: path, location: "configuration.\(name)", found: found,
        expected: "\(expected), as llama.cpp has it for olmoe")
    }
    guard let experts = model.block.experts else { return [] }
    guard !experts.normalized else {
      throw refuse("block.experts.normalized", "true", "false")
    }
    guard model.querySize == model.hiddenSize, model.kvSize == model.hiddenSize else {
      throw refuse(
        "kv_head_count", "\(model.kvHeadCount) heads of \(model.headDimension)",
        "\(model.hiddenSize) in all")
    }
    guard !model.tiedEmbeddings else { throw refuse("tied_embeddings", "true", "false") }
    return [
      ("expert_count", .uint32(UInt32(experts.count))),
      ("expert_used_count", .uint32(UInt32(experts.perToken))),
    ]
  }
}
