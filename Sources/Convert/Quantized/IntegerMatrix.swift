import CleaveStorage

/// A matrix of 8-bit integers with scales, and zero points if it is asymmetric.
struct IntegerMatrix: GroupedMatrix {
  let origin: QuantizedPart
  let rows: Int
  let columns: Int
  private let groups: ColumnGroups
  private let scales: ScaleGrid
  private let zeros: ScaleGrid?

  init(
    _ weight: QuantizedPart, scale: QuantizedPart, zeros: QuantizedPart?,
    tile: (rows: Int, columns: Int)?
  ) throws {
    origin = try weight.require([.i8])
    let shape = try weight.matrixShape()
    (rows, columns) = shape
    scales = try ScaleGrid(scale.require(QuantizedPart.floats), of: shape, tile: tile)
    self.zeros = try zeros.map { try ScaleGrid($0.require([.i8]), of: shape, tile: tile) }
    groups = ColumnGroups(columns: columns, size: scales.tile.columns)
  }

  /// Weight = scale * (code - zero point).
  func grouped(_ rows: Range<Int>) throws -> GroupedCodes {
    let zeros = try zeros?.scales(rows)
    var codes = origin.withBytes { bytes in
      bytes[rows.lowerBound * columns..<rows.upperBound * columns].map {
        Int16(Int8(bitPattern: $0))
      }
    }
    if let zeros {
      for row in 0..<rows.count {
        for run in groups.runs {
          let zero = Int16(zeros[row * groups.count + run.group])
          for column in run.columns { codes[row * columns + column] -= zero }
        }
      }
    }
    return GroupedCodes(groups: groups, codes: codes, scales: try scales.scales(rows))
  }
}
