import CleaveStorage

/// A matrix of 4-bit codes of a table, two in a byte, the upper half first. Blocks of weights, in
/// row-major order without regard to rows, share a scale.
struct BitsAndBytes4Bit: QuantizedMatrix {
  let origin: QuantizedPart
  var rows: Int { state.shape.rows }
  var columns: Int { state.shape.columns }
  private let state: BitsAndBytesState
  private let scales: QuantizedPart
  /// The scales of the scales, and the values of their codes.
  private let nested: (scales: QuantizedPart, table: [Float])?

  init(_ module: QuantizedModule, _ state: BitsAndBytesState) throws {
    self.state = state
    guard let weight = module.optional(QuantizedModule.weight) else {
      _ = try module.required(QuantizedModule.weight, [.u8])
      preconditionFailure("a missing part was not refused")
    }
    origin = weight
    let (count, overflow) = state.shape.rows.multipliedReportingOverflow(by: state.shape.columns)
    // Packed codes may be stored as floats of any type (`bnb_4bit_quant_storage`).
    guard !overflow, weight.withBytes({ $0.count }) == (count + 1) / 2 else {
      throw weight.refuse(
        "\(weight.withBytes { $0.count }) bytes",
        expected: "half a byte for each weight of \(state.shape.rows) x \(state.shape.columns)")
    }
    let map = try module.required(".weight.quant_map", [.f32])
    guard map.count == 16, try map.finite() == state.table else {
      throw map.refuse("other values", expected: "the values of the type's 16 codes")
    }
    let blocks = (count + state.blockSize - 1) / state.blockSize
    scales = try module.required(".weight.absmax", state.nested == nil ? [.f32] : [.u8])
    try scales.require(shape: [blocks], because: "a scale for \(state.blockSize) weights each")
    nested = try state.nested.map { nested in
      let table = try module.required(".weight.nested_quant_map", [.f32])
      try table.require(shape: [256], because: "a value for each byte")
      let scales = try module.required(".weight.nested_absmax", [.f32])
      try scales.require(
        shape: [(blocks + nested.blockSize - 1) / nested.blockSize],
        because: "a scale for \(nested.blockSize) scales each")
      return (scales, try table.finite())
    }
  }

  /// Weight = table[code] * scale; a nested scale = table[code] * scale + offset, rounded twice.
  func values(_ rows: Range<Int>) throws -> [Float] {
    let elements = rows.lowerBound * columns..<rows.upperBound * columns
    let blocks =
      elements.lowerBound / state.blockSize..<(elements.upperBound - 1) / state.blockSize + 1
    let scales = try scales(blocks)
    let (table, size) = (state.table, state.blockSize)
    return origin.withBytes { bytes in
      elements.map { element in
        let byte = bytes[element / 2]
        let code = element % 2 == 0 ? byte >> 4 : byte & 15
        return table[Int(code)] * scales[element / size - blocks.lowerBound]
      }
    }
  }

  private func scales(_ blocks: Range<Int>) throws -> [Float] {
    guard let nested, let rule = state.nested else { return try scales.finite(blocks) }
    let groups = blocks.lowerBound / rule.blockSize..<(blocks.upperBound - 1) / rule.blockSize + 1
    let outer = try nested.scales.finite(groups)
    return scales.withBytes { bytes in
      blocks.map { block in
        nested.table[Int(bytes[block])] * outer[block / rule.blockSize - groups.lowerBound]
          + rule.offset
      }
    }
  }
}
