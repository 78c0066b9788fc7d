import CleaveKernels
import CleaveStorage

/// Rows of integers times scales as blocks of GGML's simple types, where these hold them exactly.
struct ExactBlocks {
  /// What a block of a type stores.
  private struct Block {
    var scale: Float
    var minimum: Float = 0
    /// What is subtracted from the codes.
    var shift: Int = 0
  }

  let rows: GroupedCodes

  init(_ rows: GroupedCodes) { self.rows = rows }

  /// Whether blocks of the type hold every weight exactly.
  func fit(_ type: TensorType) -> Bool {
    for row in 0..<rows.rows {
      for index in rows.groups.ofBlocks.indices {
        let fits =
          type == .mxfp4 ? fitsMXFP4(row, index) : block(row, index, as: type) != nil
        guard fits else { return false }
      }
    }
    return true
  }

  /// The blocks of all rows. The type must fit.
  func packed(as type: TensorType) -> [UInt8] {
    guard type != .mxfp4 else {
      return (0..<rows.rows).flatMap { row in
        rows.groups.ofBlocks.indices.flatMap { mxfp4Block(row, $0) }
      }
    }
    let size = type.blockBytes
    let inRow = rows.groups.ofBlocks.count
    var bytes = [UInt8](repeating: 0, count: rows.rows * inRow * size)
    bytes.withUnsafeMutableBytes { bytes in
      for row in 0..<rows.rows {
        for index in 0..<inRow {
          guard let block = block(row, index, as: type) else {
            preconditionFailure("\(type) was found to fit")
          }
          let codes = codes(row, index).map { Int8(truncatingIfNeeded: Int($0) - block.shift) }
          var grid = ck_grid()
          grid.type = ck_type(rawValue: type.ggmlID)
          grid.d = Float16(block.scale).bitPattern
          grid.m = Float16(block.minimum).bitPattern
          ck_pack_block(&grid, codes, bytes.baseAddress! + (row * inRow + index) * size)
        }
      }
    }
    return bytes
  }

  func codes(_ row: Int, _ block: Int) -> ArraySlice<Int16> {
    let start = row * rows.groups.columns + block * GroupedCodes.blockElements
    return rows.codes[start..<start + GroupedCodes.blockElements]
  }

  /// The block of a type that holds these 32 weights exactly; nil if there is none.
  private func block(_ row: Int, _ index: Int, as type: TensorType) -> Block? {
    let groups = rows.groups.ofBlocks[index]
    let base = row * rows.groups.count
    let scale = rows.scales[base + groups[0]]
    let minimum = rows.minimums.map { $0[base + groups[0]] }
    let isUniform = groups.allSatisfy { group in
      rows.scales[base + group] == scale && rows.minimums.map { $0[base + group] } == minimum
    }
    guard isUniform, Self.isHalf(scale) else { return nil }
    let (low, high) = range(row, index)
    guard let minimum else { return Self.block(scale, low, high, as: type) }
    return Self.block(scale, minimum, low, high, as: type)
  }

  private func range(_ row: Int, _ index: Int) -> (low: Int, high: Int) {
    var (low, high) = (Int16.max, Int16.min)
    for code in codes(row, index) {
      low = min(low, code)
      high = max(high, code)
    }
    return (Int(low), Int(high))
  }

  /// Codes without a minimum. Types with one take the lowest code for it.
  private static func block(_ scale: Float, _ low: Int, _ high: Int, as type: TensorType) -> Block?
  {
    switch type {
    case .q4_0: return low >= -8 && high <= 7 ? Block(scale: scale) : nil
    case .q5_0: return low >= -16 && high <= 15 ? Block(scale: scale) : nil
    case .q8_0: return low >= -128 && high <= 127 ? Block(scale: scale) : nil
    default:
      let minimum = scale * Float(low)
      guard high - low <= (type == .q4_1 ? 15 : 31), isHalf(minimum) else { return nil }
      return Block(scale: scale, minimum: minimum, shift: low)
    }
  }

  /// Codes with a minimum, which is none if it is a multiple of the scale.
  private static func block(
    _ scale: Float, _ minimum: Float, _ low: Int, _ high: Int, as type: TensorType
  ) -> Block? {
    let zero = (-minimum / scale).rounded()
    if zero.isFinite, abs(zero) <= 256, scale * zero == -minimum {
      let shift = Int(zero)
      if var block = block(scale, low - shift, high - shift, as: type) {
        block.shift += shift
        return block
      }
    }
    guard type == .q4_1 || type == .q5_1, low >= 0, high <= (type == .q4_1 ? 15 : 31),
      isHalf(minimum)
    else { return nil }
    return Block(scale: scale, minimum: minimum)
  }

  private static func isHalf(_ value: Float) -> Bool { Float(Float16(value)) == value }
}
