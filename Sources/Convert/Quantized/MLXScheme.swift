import CleaveStorage

/// MLX's affine quantization: codes in 32-bit words, a scale and a bias for each group.
struct MLXScheme: QuantizationScheme {
  let name = "mlx"
  let parts = [".scales", ".biases", QuantizedModule.weight]
  private let whole: Layout
  /// Modules with a layout of their own.
  private let modules: [String: Layout]

  private struct Layout {
    let bits: Int
    let groupSize: Int

    init(_ node: JSONNode) throws {
      bits = try node.required("bits").int(in: 2...8)
      guard bits != 7 else {
        throw try node.required("bits").refuse(expected: "2, 3, 4, 5, 6 or 8")
      }
      groupSize = try node.required("group_size").int(in: 1...(1 << 24))
      try node.allowText("mode", ["affine"])
    }
  }

  init(_ settings: JSONNode) throws {
    whole = try Layout(settings)
    var modules: [String: Layout] = [:]
    for (name, node) in try settings.members() {
      switch node.value {
      case _ where ["bits", "group_size", "mode", "quant_method"].contains(name): break
      case .bool: break  // whether the module is quantized, which its parts say too
      case .object:
        try node.allow(only: ["bits", "group_size", "mode"])
        modules[name] = try Layout(node)
      default: throw node.refuse(expected: "bits, group_size, mode, or settings of a module")
      }
    }
    self.modules = modules
  }

  func matrix(of module: QuantizedModule) throws -> any QuantizedMatrix {
    let layout = modules[module.name] ?? whole
    let weight = try module.required(QuantizedModule.weight, [.u32])
    let words = try weight.matrixShape().columns
    let columns = words * 32 / layout.bits
    guard words * 32 % layout.bits == 0, columns % layout.groupSize == 0 else {
      throw weight.refuse(
        "rows of \(words) words",
        expected: "whole groups of \(layout.groupSize) codes of \(layout.bits) bits")
    }
    return try PackedMatrix(
      weight, bits: layout.bits, columns: columns,
      groups: ColumnGroups(columns: columns, size: layout.groupSize), offset: 0,
      scales: module.required(".scales", QuantizedPart.floats),
      minimums: module.required(".biases", QuantizedPart.floats))
  }
}
