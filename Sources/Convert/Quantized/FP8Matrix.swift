import CleaveStorage

/// A matrix of 8-bit floats, each times the scale of its tile.
struct FP8Matrix: QuantizedMatrix {
  static let types: [SafetensorsDType] = [.f8E4M3, .f8E5M2]

  let origin: QuantizedPart
  let rows: Int
  let columns: Int
  private let scales: ScaleGrid

  init(_ weight: QuantizedPart, scale: QuantizedPart, tile: (rows: Int, columns: Int)?) throws {
    origin = weight
    let shape = try weight.matrixShape()
    (rows, columns) = shape
    scales = try ScaleGrid(scale, of: shape, tile: tile)
  }

  /// Weight = code * scale, rounded once.
  func values(_ rows: Range<Int>) throws -> [Float] {
    let scales = try scales.scales(rows)
    let table = origin.dtype == .f8E4M3 ? Float8.e4m3 : Float8.e5m2
    let (tile, tiles) = (self.scales.tile.columns, self.scales.columns)
    let columns = columns
    return origin.withBytes { bytes in
      [Float](unsafeUninitializedCapacity: rows.count * columns) { values, initialized in
        table.withUnsafeBufferPointer { table in
          for row in 0..<rows.count {
            let start = (rows.lowerBound + row) * columns
            for column in 0..<tiles {
              let scale = scales[row * tiles + column]
              for index in column * tile..<min((column + 1) * tile, columns) {
                values[row * columns + index] = table[Int(bytes[start + index])] * scale
              }
            }
          }
        }
        initialized = rows.count * columns
      }
    }
  }
}
