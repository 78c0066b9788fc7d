import CleaveStorage

/// torchao's tensor classes whose data are plain: integers or 8-bit floats, scales and zero points.
struct TorchAOScheme: QuantizationScheme {
  /// The classes that are read, by their names in the file's metadata.
  private enum Class: String, CaseIterable {
    case int8 = "Int8Tensor"
    case intx = "IntxUnpackedToInt8Tensor"
    case float8 = "Float8Tensor"
  }

  let name = "torchao"
  let parts = [
    "._weight_qdata", "._weight_scale", "._weight_zero_point", QuantizedModule.weight,
  ]
  let dropped = ["._weight_act_quant_scale", "._weight_act_quant_zero_point"]

  /// The classes in the file's metadata say all that `quant_type` could.
  init(_ settings: JSONNode) throws {
    try settings.allowSettings(
      [],
      ignoring: [
        "quant_type", "quant_type_kwargs", "modules_to_not_convert",
        "include_input_output_embeddings", "untie_embedding_weights",
      ])
  }

  func matrix(of module: QuantizedModule) throws -> any QuantizedMatrix {
    let weight = try module.required("._weight_qdata", [.i8] + FP8Matrix.types)
    let scale = try module.required("._weight_scale", QuantizedPart.floats)
    guard let text = module.metadata(besides: "._weight_qdata") else {
      throw weight.refuse(
        "no class in the file's metadata", expected: "one under \"\(module.name).weight\"")
    }
    let node = try JSONNode(
      parsing: Array(text.utf8), file: weight.path,
      location: "__metadata__.\(module.name).weight", depth: 16)
    let kind = try node.required("_type").oneOf(Class.self)
    let tile = try tile(node, of: weight.matrixShape())
    if kind == .float8 {
      return try FP8Matrix(weight.require(FP8Matrix.types), scale: scale, tile: tile)
    }
    return try IntegerMatrix(
      weight, scale: scale, zeros: module.optional("._weight_zero_point"), tile: tile)
  }

  /// The size of a tile; nil for whole rows or the whole matrix.
  private func tile(
    _ node: JSONNode, of shape: (rows: Int, columns: Int)
  ) throws -> (rows: Int, columns: Int)? {
    let size = try node.required("_data").required("block_size")
    let sizes = try size.elements().map { try $0.int(in: 1...(1 << 31)) }
    guard sizes.count == 2 else { throw size.refuse(expected: "two sizes: rows and columns") }
    if sizes == [1, shape.columns] || sizes == [shape.rows, shape.columns] { return nil }
    return (sizes[0], sizes[1])
  }
}
