import CleaveStorage

/// A matrix of 8-bit integers of which 127 stands for the scale of the row.
struct BitsAndBytesInt8: QuantizedMatrix {
  let origin: QuantizedPart
  let rows: Int
  let columns: Int
  private let scales: QuantizedPart

  init(_ weight: QuantizedPart, scale: QuantizedPart) throws {
    origin = weight
    (rows, columns) = try weight.matrixShape()
    scales = try scale.require([.f32]).require(shape: [rows], because: "a scale for each row")
  }

  /// Weight = code * scale * (1 / 127), rounded after each product, as the package multiplies.
  func values(_ rows: Range<Int>) throws -> [Float] {
    let scales = try scales.finite(rows)
    let columns = columns
    return origin.withBytes { bytes in
      rows.flatMap { row in
        bytes[row * columns..<(row + 1) * columns].map {
          Float(Int8(bitPattern: $0)) * scales[row - rows.lowerBound] * Self.unit
        }
      }
    }
  }

  private static let unit: Float = 7.874015718698502e-3
}
