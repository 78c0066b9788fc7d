import CleaveStorage

/// A matrix of 4-bit floats E2M1, two in a byte, the lower half first, with a scale per group of
/// columns: NVFP4 and MXFP4.
struct FP4Matrix: GroupedMatrix {
  /// What a second scale, one for the whole matrix, does to the scales of groups.
  enum Whole: Sendable {
    case none
    case divides(Float)
    case multiplies(Float)
  }

  let origin: QuantizedPart
  let rows: Int
  let columns: Int
  private let groups: ColumnGroups
  private let scales: ScaleGrid
  private let whole: Whole

  init(_ weight: QuantizedPart, scale: QuantizedPart, groupSize: Int, whole: Whole) throws {
    origin = try weight.require([.u8])
    let shape = try weight.matrixShape()
    let (columns, overflow) = shape.columns.multipliedReportingOverflow(by: 2)
    guard !overflow, columns % groupSize == 0 else {
      throw weight.refuse("shape \(weight.shape)", expected: "rows of whole groups of \(groupSize)")
    }
    (rows, self.columns) = (shape.rows, columns)
    groups = ColumnGroups(columns: columns, size: groupSize)
    scales = try ScaleGrid(scale, of: (rows, columns), tile: (1, groupSize))
    self.whole = whole
  }

  /// Weight = code * (scale * second scale), or code * (scale / second scale). Codes are doubled,
  /// which makes them integers, and scales halved, which is exact.
  func grouped(_ rows: Range<Int>) throws -> GroupedCodes {
    let scales = try scales.scales(rows).map { scale in
      switch whole {
      case .none: scale / 2
      case .divides(let second): scale / second / 2
      case .multiplies(let second): scale * second / 2
      }
    }
    if let index = scales.firstIndex(where: { !$0.isFinite }) {
      throw origin.refuse(
        "a scale of \(scales[index]) in row \(rows.lowerBound + index / groups.count)",
        expected: "finite scales")
    }
    var codes: [Int16] = []
    codes.reserveCapacity(rows.count * columns)
    origin.withBytes { bytes in
      for byte in bytes[rows.lowerBound * (columns / 2)..<rows.upperBound * (columns / 2)] {
        codes.append(Float8.doubledE2M1[Int(byte & 15)])
        codes.append(Float8.doubledE2M1[Int(byte >> 4)])
      }
    }
    return GroupedCodes(groups: groups, codes: codes, scales: scales)
  }
}
