import CleaveStorage

/// MXFP4 as gpt-oss ships it: the experts' matrices in blocks of 32 floats of 4 bits, an exponent beside each.
struct MXFP4Scheme: QuantizationScheme {
  let name = "mxfp4"
  let parts = ["_blocks", "_scales"]

  init(_ settings: JSONNode) throws {
    try settings.allowSettings([], ignoring: ["modules_to_not_convert", "dequantize"])
  }

  func matrix(of module: QuantizedModule) throws -> any QuantizedMatrix {
    let blocks = try module.required("_blocks", [.u8])
    let scales = try module.required("_scales", [.u8])
    // [experts, rows, blocks, 16 bytes] and [experts, rows, blocks]; the reader of headers has checked the products.
    guard blocks.shape.count == 4, blocks.shape[3] == 16, blocks.count > 0 else {
      throw blocks.refuse(
        "shape \(blocks.shape)", expected: "experts, rows, blocks, and 16 bytes of each block")
    }
    let grid = Array(blocks.shape.prefix(3))
    try scales.require(shape: grid, because: "an exponent for each block")
    let rows = grid[0] * grid[1]
    return try FP4Matrix(
      blocks.reshaped([rows, grid[2] * 16]), scale: scales.reshaped([rows, grid[2]]),
      groupSize: 32, whole: .none)
  }
}
