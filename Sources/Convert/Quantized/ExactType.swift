import CleaveStorage

/// Finds the smallest type that holds a weight exactly: every float32 value of the package's
/// layout comes back from it. The data decide, not the layout's name.
struct ExactType {
  /// Block types that may hold integers times a scale, the smallest first.
  private static let blockTypes: [TensorType] = [.mxfp4, .q4_0, .q4_1, .q5_0, .q5_1, .q8_0]
  private static let floatTypes: [TensorType] = [.bf16, .f16]

  /// The smallest block type that holds all weights; nil if none does.
  static func block(of weight: QuantizedWeight) throws -> TensorType? {
    guard weight.columns % GroupedCodes.blockElements == 0 else { return nil }
    var candidates = blockTypes
    try weight.forEachSlab { matrix, rows in
      guard !candidates.isEmpty else { return }
      guard let codes = try matrix.codes(rows) else { return candidates = [] }
      let blocks = ExactBlocks(codes)
      candidates.removeAll { !blocks.fit($0) }
    }
    return candidates.first
  }

  /// The 16-bit float type that holds all weights; nil if none does.
  static func float(of weight: QuantizedWeight) throws -> TensorType? {
    var candidates = floatTypes
    try weight.forEachSlab { matrix, rows in
      guard !candidates.isEmpty else { return }
      let values = try matrix.values(rows)
      candidates.removeAll { type in !values.allSatisfy { isExact($0, type) } }
    }
    return candidates.first
  }

  private static func isExact(_ value: Float, _ type: TensorType) -> Bool {
    type == .bf16 ? value.bitPattern & 0xFFFF == 0 : Float(Float16(value)) == value
  }
}
