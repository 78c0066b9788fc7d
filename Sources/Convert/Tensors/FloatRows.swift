import CleaveKernels
import CleaveStorage

/// Streams rows of a matrix one at a time, converted to a float type where they are quantized.
struct FloatRows: Sendable {
  private let tensor: Tensor
  private let rows: Range<Int>
  private let order: (@Sendable (Int) -> Int)?
  /// The type of the rows that are written.
  let type: TensorType

  /// - Parameters: - tensor: a matrix of shape `[rows, columns]`. - quantized: the float type that
  ///   quantized rows are converted to; float rows keep their type. - type: the type to write in
  ///   every case; nil to follow `quantized`. - rows: the rows to write; nil for all of them. -
  ///   order: maps the index of a row to write to the row of the tensor it comes from.
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

  /// Rounds to nearest, ties to even. NaN stays NaN.
  private static func bfloat16(_ value: Float) -> UInt16 {
    guard !value.isNaN else { return 0x7FC0 }
    let bits = value.bitPattern
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }
}
