import CleaveStorage

/// What bitsandbytes keeps beside 4-bit weights, as JSON in a tensor.
struct BitsAndBytesState {
  /// The quantization of the scales themselves.
  struct Nested {
    let blockSize: Int
    let offset: Float
  }

  let table: [Float]
  let blockSize: Int
  let shape: (rows: Int, columns: Int)
  let nested: Nested?
  private let node: JSONNode

  init(_ node: JSONNode) throws {
    try node.allow(only: [
      "quant_type", "blocksize", "dtype", "shape", "nested_blocksize", "nested_dtype",
      "nested_offset",
    ])
    self.node = node
    let kind = try node.required("quant_type")
    guard let table = Self.tables[try kind.string()] else {
      throw kind.refuse(expected: "\"nf4\" or \"fp4\"")
    }
    self.table = table
    blockSize = try node.required("blocksize").int(in: 1...(1 << 24))
    let shape = try node.required("shape").elements().map { try $0.int(in: 1...(1 << 31)) }
    guard shape.count == 2 else {
      throw try node.required("shape").refuse(expected: "two sizes: rows and columns")
    }
    self.shape = (shape[0], shape[1])
    nested = try node.optional("nested_blocksize").map {
      let offset = Float(try node.required("nested_offset").number())
      guard offset.isFinite else {
        throw try node.required("nested_offset").refuse(expected: "a number within float32")
      }
      return Nested(blockSize: try $0.int(in: 1...(1 << 24)), offset: offset)
    }
  }

  /// The values of codes, as bitsandbytes has them: the quantiles of QLoRA's NormalFloat (Dettmers
  /// et al., arXiv 2305.14314), and floats of 1, 2 and 1 bits over their largest.
  private static let tables: [String: [Float]] = [
    "nf4": [
      -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
      -0.18477343022823334, -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725,
      0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
      0.7229568362236023, 1,
    ],
    "fp4": [
      0, 0.0625, 8, 12, 4, 6, 2, 3, 0, -0.0625, -8, -12, -4, -6, -2, -3,
    ].map { $0 / 12 },
  ]
}
