import CleaveStorage

/// GPTQ as AutoGPTQ and GPTQModel store it: codes and zero points in 32-bit words, the codes of a
/// column of the transposed matrix one after another.
struct GPTQScheme: QuantizationScheme {
  let name = "gptq"
  let parts = [".qweight", ".qzeros", ".scales", ".g_idx"]
  private let bits: Int
  /// The columns that share a scale; nil for whole rows.
  private let groupSize: Int?
  /// Whether zero points are stored less one, as version 1 does.
  private let storesZeroLessOne: Bool
  private let isOrdered: Bool

  private static let ignored = [
    "sym", "damp_percent", "damp_auto_increment", "static_groups", "true_sequential", "dataset",
    "tokenizer", "model_name_or_path", "model_file_base_name", "is_marlin_format", "use_cuda_fp16",
    "model_seqlen", "block_name_to_quantize", "module_name_preceding_first_block", "batch_size",
    "pad_token_id", "use_exllama", "disable_exllama", "max_input_length", "exllama_config",
    "cache_block_outputs", "modules_in_block_to_quantize", "backend", "meta", "act_group_aware",
    "mse", "lm_head", "quantizer", "desc_act", "method", "modules_to_not_convert", "uuid",
  ]

  init(_ settings: JSONNode) throws {
    try settings.allowSettings(
      ["bits", "group_size", "checkpoint_format", "format", "pack_dtype", "dynamic"],
      ignoring: Self.ignored)
    bits = try settings.required("bits").int(in: 2...8)
    guard [2, 3, 4, 8].contains(bits) else {
      throw try settings.required("bits").refuse(expected: "2, 3, 4 or 8")
    }
    groupSize = try settings.groupSize()
    try settings.allowText("pack_dtype", ["int32"])
    for key in ["checkpoint_format", "format"] {
      try settings.allowText(key, ["gptq", "gptq_v2"])
    }
    let format = try settings.optional("checkpoint_format") ?? settings.optional("format")
    storesZeroLessOne = try format?.string() != "gptq_v2"
    if let marlin = try settings.optional("is_marlin_format"), try marlin.bool() {
      throw marlin.refuse(expected: "false: Marlin's order of weights is not supported")
    }
    isOrdered = try settings.flag("desc_act", default: false)
    if let dynamic = try settings.optional("dynamic") {
      for (pattern, node) in try dynamic.members() where !pattern.hasPrefix("-:") {
        throw node.refuse(expected: "only modules that are left out, with \"-:\"")
      }
    }
  }

  func matrix(of module: QuantizedModule) throws -> any QuantizedMatrix {
    let codes = try module.required(".qweight", [.i32])
    let scales = try module.required(".scales", QuantizedPart.floats)
    let zeros = try module.required(".qzeros", [.i32])
    let order = module.optional(".g_idx")
    if isOrdered, order == nil { _ = try module.required(".g_idx", [.i32]) }
    return try GPTQMatrix(
      codes, bits: bits, groupSize: groupSize, scales: scales, zeros: zeros,
      storesZeroLessOne: storesZeroLessOne, order: order)
  }
}

extension JSONNode {
  /// The setting `group_size`; nil for -1, which means whole rows.
  func groupSize() throws -> Int? {
    let node = try required("group_size")
    let size = try node.int(in: -1...(1 << 24))
    guard size != 0 else { throw node.refuse(expected: "-1 or at least 1") }
    return size == -1 ? nil : size
  }
}
