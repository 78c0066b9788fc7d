import CleaveStorage

/// NVIDIA's modelopt: NVFP4, or FP8 with a scale for each matrix.
struct ModelOptScheme: QuantizationScheme {
  private enum Algorithm: String, CaseIterable {
    case fp8 = "FP8"
    case nvfp4 = "NVFP4"
  }

  let name = "modelopt"
  let parts = [".weight_scale", ".weight_scale_2", QuantizedModule.weight]
  let dropped = [".input_scale", ".k_scale", ".v_scale", ".q_scale", ".output_scale"]
  private let algorithm: Algorithm

  init(_ settings: JSONNode) throws {
    try settings.allowSettings(
      ["quant_algo", "group_size"],
      ignoring: [
        "ignore", "exclude_modules", "producer", "config_groups", "kv_cache_scheme",
        "kv_cache_quant_algo", "has_zero_point", "pre_quant_scale",
      ])
    algorithm = try settings.required("quant_algo").oneOf(Algorithm.self)
    if let size = try settings.optional("group_size"), algorithm == .nvfp4, try size.int() != 16 {
      throw size.refuse(expected: "16")
    }
  }

  func matrix(of module: QuantizedModule) throws -> any QuantizedMatrix {
    switch algorithm {
    case .fp8:
      return try FP8Matrix(
        module.required(QuantizedModule.weight, FP8Matrix.types),
        scale: module.required(".weight_scale", QuantizedPart.floats), tile: nil)
    case .nvfp4:
      let second = try module.required(".weight_scale_2", [.f32])
      return try FP4Matrix(
        module.required(QuantizedModule.weight, [.u8]),
        scale: module.required(".weight_scale", [.f8E4M3]), groupSize: 16,
        whole: .multiplies(second.require(shape: [], [1], because: "one number").finite()[0]))
    }
  }
}
