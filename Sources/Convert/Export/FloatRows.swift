import CleaveKernels
import CleaveStorage

/// Rows of a matrix in a float type, a few at a time.
struct FloatRows: Sendable {
  private let tensor: Tensor
  private let rows: Range<Int>
  private let order: (@Sendable (Int) -> Int)?
  /// Of what comes out.
  let type: TensorType

  /// - Parameters:
  ///   - quantized: what blocks become; float types stay as they are.
  ///   - type: what comes out, whatever the tensor is.
  ///   - rows: nil for all of them.
  ///   - order: for each row, the row of the tensor that it is.
  init(
    _ tensor: Tensor, _ quantized: TensorType, as type: TensorType? = nil,
    rows: Range<Int>? = nil, order: (@Sendable (Int) -> Int)? = nil
  ) {
    self.tensor = tensor
    self.type = type ?? (tensor.type.isQuantized ? quantized : tensor.type)
    self.rows = rows ?? 0..<tensor.shape[0]
    self.order = order
  }

  func source(name: String) -> WeightSource {
    WeightSource(name: name, type: type, shape: [rows.count, tensor.rowElements]) { write in
      try stream(write)
    }
  }

  func stream(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
    let rowBytes = tensor.rowBytes
    try tensor.withBytes { bytes in
      if type == tensor.type, order == nil {
        let range = rows.lowerBound * rowBytes..<rows.upperBound * rowBytes
        return try write(UnsafeRawBufferPointer(rebasing: bytes[range]))
      }
      for row in rows {
        let start = (order?(row) ?? row) * rowBytes
        let row = UnsafeRawBufferPointer(rebasing: bytes[start..<start + rowBytes])
        if type == tensor.type { try write(row) } else { try convert(row, write) }
      }
    }
  }

  private func convert(
    _ row: UnsafeRawBufferPointer, _ write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let count = tensor.rowElements
    let kind = ck_type(rawValue: tensor.type.ggmlID)
    let floats = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      ck_dequantize(kind, row.baseAddress, buffer.baseAddress, count)
      initialized = count
    }
    switch type {
    case .f32: try floats.map(\.bitPattern.littleEndian).withUnsafeBytes(write)
    case .f16: try floats.map { Float16($0).bitPattern.littleEndian }.withUnsafeBytes(write)
    default: try floats.map { Self.bfloat16($0).littleEndian }.withUnsafeBytes(write)
    }
  }

  /// To nearest, ties to even; NaN stays one.
  private static func bfloat16(_ value: Float) -> UInt16 {
    guard !value.isNaN else { return 0x7FC0 }
    let bits = value.bitPattern
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }
}
