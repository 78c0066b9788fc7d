import CleaveStorage

/// bitsandbytes: 4-bit codes of a table (`nf4`, `fp4`) with a scale per block of weights, which may
/// be quantized in turn, or 8-bit integers with a scale per row.
struct BitsAndBytesScheme: QuantizationScheme {
  let name = "bitsandbytes"
  let parts = [
    ".weight.absmax", ".weight.quant_map", ".weight.nested_absmax", ".weight.nested_quant_map",
    Self.state + "*", ".SCB", ".weight_format", QuantizedModule.weight,
  ]
  private static let state = ".weight.quant_state.bitsandbytes__"

  init(_ settings: JSONNode) throws {
    try settings.allowSettings(
      ["load_in_4bit", "load_in_8bit", "bnb_4bit_quant_type"],
      ignoring: [
        "_load_in_4bit", "_load_in_8bit", "bnb_4bit_use_double_quant", "bnb_4bit_compute_dtype",
        "bnb_4bit_quant_storage", "llm_int8_threshold", "llm_int8_skip_modules",
        "llm_int8_enable_fp32_cpu_offload", "llm_int8_has_fp16_weight",
      ])
    try settings.allowText("bnb_4bit_quant_type", ["nf4", "fp4"])
  }

  func matrix(of module: QuantizedModule) throws -> any QuantizedMatrix {
    if let scale = module.optional(".SCB") {
      if let format = module.optional(".weight_format"),
        try format.require([.u8]).withBytes({ $0.first }) != 0
      {
        throw format.refuse("another order of weights", expected: "0: row by row")
      }
      return try BitsAndBytesInt8(module.required(QuantizedModule.weight, [.i8]), scale: scale)
    }
    let part = try module.only(beginningWith: Self.state).require([.u8])
    let state = try part.withBytes {
      try JSONNode(parsing: $0, file: part.path, location: part.name, depth: 8)
    }
    return try BitsAndBytes4Bit(module, BitsAndBytesState(state))
  }
}
