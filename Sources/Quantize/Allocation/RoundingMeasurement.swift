import CleaveKernels
import CleaveRuntime
import CleaveStorage

/// Rounds a matrix in memory to measure the effect.
struct RoundingMeasurement {
  let tensor: Tensor
  /// The importance of each column, `[columns]`; nil for equal importance.
  let importance: [Float]?
  let pool: ThreadPool

  /// The number of evenly spaced rows from which an error is estimated.
  private static let sampledRows = 256

  /// The whole matrix converted to another type.
  func quantized(_ type: TensorType) throws -> Tensor {
    guard type != tensor.type else { return tensor }
    let count = tensor.rows * (type.byteCount(elements: tensor.rowElements) ?? 0)
    let memory = try MappedFile(inMemory: tensor.file.path, count: count) { out in
      try tensor.withBytes {
        try quantize($0.baseAddress, tensor.type, rows: tensor.rows, type, into: out.baseAddress)
      }
    }
    return try Tensor(
      name: tensor.name, type: type, shape: tensor.shape, file: memory, range: 0..<count)
  }

  /// The sum of importance times squared error over the sampled rows.
  func error(_ type: TensorType) throws -> Double {
    guard type != tensor.type else { return 0 }
    let step = max(1, tensor.rows / Self.sampledRows)
    let rows = Array(stride(from: 0, to: tensor.rows, by: step))
    let floats = rows.flatMap { tensor.floats(rows: $0..<($0 + 1)) }
    let width = tensor.rowElements
    var blocks = [UInt8](repeating: 0, count: rows.count * (type.byteCount(elements: width) ?? 0))
    try floats.withUnsafeBytes { floats in
      try blocks.withUnsafeMutableBytes {
        try quantize(floats.baseAddress, .f32, rows: rows.count, type, into: $0.baseAddress)
      }
    }
    var back = [Float](repeating: 0, count: floats.count)
    ck_dequantize(type.kernelType, blocks, &back, back.count)
    return floats.indices.reduce(0.0) { sum, index in
      let difference = Double(floats[index] - back[index])
      return sum + Double(importance?[index % width] ?? 1) * difference * difference
    }
  }

  private func quantize(
    _ from: UnsafeRawPointer?, _ source: TensorType, rows: Int, _ type: TensorType,
    into out: UnsafeMutableRawPointer?
  ) throws {
    let found = (importance ?? []).withUnsafeBufferPointer { importance in
      ck_quantize_rows(
        pool.handle, source.kernelType, from, rows, tensor.rowElements, type.kernelType,
        self.importance == nil ? nil : importance.baseAddress, CK_SEARCH, out)
    }
    guard found.fault == CK_FAULT_NONE else {
      throw InputError(
        file: tensor.file.path, location: tensor.name,
        found: "a weight that \(type.rawValue) cannot hold", expected: "finite weights")
    }
  }
}
