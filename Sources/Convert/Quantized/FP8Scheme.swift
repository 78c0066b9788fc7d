import CleaveStorage

/// Weights as 8-bit floats with a scale per tensor, per row or per block: DeepSeek's and
/// transformers' `fp8`, and `fbgemm_fp8`.
struct FP8Scheme: QuantizationScheme {
  let name: String
  /// The rows and columns that share a scale; nil if the scales' shape tells.
  private let block: (rows: Int, columns: Int)?

  let parts = [".weight_scale_inv", ".weight_scale", QuantizedModule.weight]
  let dropped = [
    ".input_scale", ".activation_scale", ".input_scale_ub", ".k_scale", ".v_scale", ".q_scale",
    ".prob_output_scale",
  ]

  init(_ settings: JSONNode) throws {
    try settings.allowSettings(
      ["weight_block_size", "fmt", "scale_fmt"],
      ignoring: [
        "activation_scheme", "modules_to_not_convert", "modules_to_convert", "ignored_layers",
        "kv_cache_scheme", "kv_cache_quant_method", "dequantize", "expert_dtype",
      ])
    try settings.allowText("fmt", ["e4m3", "e5m2"])
    try settings.allowText("scale_fmt", ["float", "ue8m0"])
    try settings.allowText("expert_dtype", ["fp8"])
    name = "fp8"
    block = try settings.optional("weight_block_size").map { node in
      let sizes = try node.elements().map { try $0.int(in: 1...(1 << 24)) }
      guard sizes.count == 2 else { throw node.refuse(expected: "two sizes: rows and columns") }
      return (sizes[0], sizes[1])
    }
  }

  init(fbgemm settings: JSONNode) throws {
    try settings.allowSettings([], ignoring: ["activation_scale_ub", "modules_to_not_convert"])
    name = "fbgemm_fp8"
    block = nil
  }

  func matrix(of module: QuantizedModule) throws -> any QuantizedMatrix {
    let weight = try module.required(QuantizedModule.weight, FP8Matrix.types)
    let scales = [".weight_scale_inv", ".weight_scale"].compactMap(module.optional)
    guard let scale = scales.first, scales.count == 1 else {
      throw weight.refuse(
        scales.isEmpty
          ? "no scale beside it" : "two scales beside it: weight_scale and weight_scale_inv",
        expected: "one tensor \(module.name).weight_scale or .weight_scale_inv")
    }
    try scale.require(QuantizedPart.floats + [.f8E8M0])
    return try FP8Matrix(weight, scale: scale, tile: block)
  }
}
