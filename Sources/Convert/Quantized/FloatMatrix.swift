import CleaveStorage

/// A matrix of floats as they are, beside quantized ones of the same weight: an expert that the
/// package left alone.
struct FloatMatrix: QuantizedMatrix {
  let origin: QuantizedPart
  let rows: Int
  let columns: Int

  init(_ weight: QuantizedPart) throws {
    origin = try weight.require(QuantizedPart.floats)
    (rows, columns) = try weight.matrixShape()
  }

  func values(_ rows: Range<Int>) throws -> [Float] {
    try origin.finite(rows.lowerBound * columns..<rows.upperBound * columns)
  }
}
