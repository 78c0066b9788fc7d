import CleaveStorage

/// AWQ in AutoAWQ's layout "gemm": 4-bit codes of eight outputs in a 32-bit word, in an order of
/// their own.
struct AWQScheme: QuantizationScheme {
  let name = "awq"
  let parts = [".qweight", ".qzeros", ".scales"]
  private let groupSize: Int?

  init(_ settings: JSONNode) throws {
    try settings.allowSettings(
      ["bits", "w_bit", "group_size", "q_group_size", "version", "format"],
      ignoring: [
        "zero_point", "modules_to_not_convert", "do_fuse", "fuse_max_seq_len", "modules_to_fuse",
        "backend", "exllama_config", "sym", "desc_act", "lm_head", "meta", "pack_dtype",
        "model_seqlen", "damp_percent", "true_sequential", "act_group_aware", "dataset",
        "tokenizer", "batch_size", "cache_block_outputs", "block_name_to_quantize",
        "module_name_preceding_first_block", "pad_token_id", "max_input_length",
        "modules_in_block_to_quantize", "method", "checkpoint_format",
      ])
    for key in ["bits", "w_bit"] {
      if let bits = try settings.optional(key), try bits.int() != 4 {
        throw bits.refuse(expected: "4")
      }
    }
    for key in ["version", "format", "checkpoint_format"] {
      try settings.allowText(key, ["gemm", "GEMM"])
    }
    groupSize = try settings.groupSize()
  }

  func matrix(of module: QuantizedModule) throws -> any QuantizedMatrix {
    try AWQMatrix(
      module.required(".qweight", [.i32]), groupSize: groupSize,
      scales: module.required(".scales", QuantizedPart.floats),
      zeros: module.required(".qzeros", [.i32]))
  }
}
