import CleaveStorage

/// A matrix of integers whose rows are dense streams of bits in 32-bit words: compressed-tensors'
/// `pack-quantized`, and MLX.
struct PackedMatrix: GroupedMatrix {
  let origin: QuantizedPart
  let rows: Int
  let columns: Int
  private let bits: Int
  /// What is subtracted from every code.
  private let offset: Int
  private let groups: ColumnGroups
  private let scales: QuantizedPart
  /// What is added to weights: `[rows, groups]`.
  private let minimums: QuantizedPart?
  /// Zero points less the offset, packed along the rows: `[rows * bits / 32, groups]`.
  private let zeros: QuantizedPart?

  /// - Parameters: - columns: the number of columns, which words may exceed. - offset: what is
  ///   subtracted from every code.
  init(
    _ weight: QuantizedPart, bits: Int, columns: Int, groups: ColumnGroups, offset: Int,
    scales: QuantizedPart, minimums: QuantizedPart? = nil, zeros: QuantizedPart? = nil
  ) throws {
    origin = weight
    rows = try weight.matrixShape().rows
    self.columns = columns
    self.bits = bits
    self.offset = offset
    self.groups = groups
    try weight.require(
      shape: [rows, PackedBits.words(columns, bits: bits) ?? 0],
      because: "words of \(columns) codes of \(bits) bits")
    let grid = [rows, groups.count]
    self.scales = try scales.require(shape: grid, because: "a scale for each group")
    self.minimums = try minimums?.require(shape: grid, because: "a number for each group")
    self.zeros = try zeros?.require(
      shape: [PackedBits.words(rows, bits: bits) ?? 0, groups.count],
      because: "zero points of \(bits) bits for \(rows) rows")
  }

  /// Weight = scale * (code - zero point), or scale * code + minimum.
  func grouped(_ rows: Range<Int>) throws -> GroupedCodes {
    let grid = rows.lowerBound * groups.count..<rows.upperBound * groups.count
    var result = GroupedCodes(
      groups: groups, codes: codes(rows), scales: try scales.finite(grid),
      minimums: try minimums?.finite(grid))
    if let zeros { subtract(zeros, rows, from: &result.codes) }
    return result
  }

  private func codes(_ rows: Range<Int>) -> [Int16] {
    let rowBytes = origin.columns * 4
    var codes: [Int16] = []
    codes.reserveCapacity(rows.count * columns)
    origin.withBytes { bytes in
      for row in rows {
        PackedBits.append(
          columns, bits: bits,
          of: UnsafeRawBufferPointer(rebasing: bytes[row * rowBytes..<(row + 1) * rowBytes]),
          minus: offset, to: &codes)
      }
    }
    return codes
  }

  private func subtract(_ zeros: QuantizedPart, _ rows: Range<Int>, from codes: inout [Int16]) {
    let firstWord = rows.lowerBound * bits / 32
    let lastWord = (rows.upperBound * bits - 1) / 32
    let words = zeros.words(firstWord * groups.count..<(lastWord + 1) * groups.count)
    for run in groups.runs {
      let column = (0...lastWord - firstWord).map { words[$0 * groups.count + run.group] }
      for (index, row) in rows.enumerated() {
        let start = row * bits - firstWord * 32
        var value = column[start / 32] >> UInt32(start % 32)
        if start % 32 + bits > 32 {
          value |= column[start / 32 + 1] << UInt32(32 - start % 32)
        }
        let zero = Int16(Int(value) & (1 << bits - 1) - offset)
        for element in run.columns { codes[index * columns + element] -= zero }
      }
    }
  }
}
