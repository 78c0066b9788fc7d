import CleaveModel
import CleaveStorage

extension Family {
  /// The language model of Qwen 3.5 (Qwen Team 2026): gated DeltaNets (Yang et al., arXiv 2412.06464) in three blocks of
  /// four, and in the fourth attention with a gate of its output and RoPE on part of each head.
  static let qwen35 = Family(
    name: "qwen3_5_text",
    huggingFace: HuggingFaceFormat(
      modelClass: "Qwen3_5ForCausalLM",
      defaults: .init(
        headDimension: 256, headCount: 16, vocabularySize: 248_320, kvHeadCount: 4,
        intermediateSize: 12_288, context: 32_768, rotatedShare: 0.25),
      normOffset: 1,
      read: { model, settings in
        model.block.queryKeyNorm = true
        model.block.outputGate = true
        if let bias = try settings.config.optional("attention_bias"), try bias.bool() {
          throw bias.refuse(expected: "false: biases beside a gate are not supported")
        }
        if let gate = try settings.config.optional("attn_output_gate"), try !gate.bool() {
          throw gate.refuse(expected: "true: attention with a gate of its output")
        }
        let blocks = try settings.linearBlocks(of: model.blockCount)
        guard !blocks.isEmpty else { return }
        model.deltaNet = DeltaNet(
          keyHeads: try settings.int("linear_num_key_heads") ?? 16,
          valueHeads: try settings.int("linear_num_value_heads") ?? 32,
          keyDimension: try settings.int("linear_key_head_dim") ?? 128,
          valueDimension: try settings.int("linear_value_head_dim") ?? 128,
          kernel: try settings.int("linear_conv_kernel_dim") ?? 4, blocks: blocks)
      },
      write: HuggingFaceSettings.qwen35Members),
    gguf: nil)
}

extension HuggingFaceSettings {
  private static let linear = "linear_attention"

  /// The blocks with a DeltaNet: those that `layer_types` says, or all but every fourth.
  fileprivate func linearBlocks(of count: Int) throws -> [Int] {
    if let node = try config.optional("layer_types") {
      return try blocks(of: Self.linear, in: node, count: count)
    }
    let interval = try config.optional("full_attention_interval")?.int(in: 1...(1 << 24)) ?? 4
    return (0..<count).filter { ($0 + 1) % interval != 0 }
  }

  fileprivate static func qwen35Members(_ model: ModelConfiguration) -> [JSONObject.Member] {
    let types = (0..<model.blockCount).map {
      model.mixer(ofBlock: $0) == .deltaNet ? linear : "full_attention"
    }
    var members: [JSONObject.Member] = [
      ("attn_output_gate", true), ("layer_types", .array(types.map { .string($0) })),
    ]
    guard let net = model.deltaNet else { return members }
    members += [
      ("linear_num_key_heads", .integer(Int64(net.keyHeads))),
      ("linear_num_value_heads", .integer(Int64(net.valueHeads))),
      ("linear_key_head_dim", .integer(Int64(net.keyDimension))),
      ("linear_value_head_dim", .integer(Int64(net.valueDimension))),
      ("linear_conv_kernel_dim", .integer(Int64(net.kernel))),
    ]
    return members
  }
}
