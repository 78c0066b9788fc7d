import CleaveKernels
import CleaveRuntime
import CleaveStorage

extension Tensor {
  /// The given rows as float32, `[rows, rowElements]`.
  func floats(rows: Range<Int>) -> [Float] {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= self.rows)
    let count = rows.count * rowElements
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      withBytes {
        ck_dequantize(
          type.kernelType, $0.baseAddress! + rows.lowerBound * rowBytes,
          buffer.baseAddress, count)
      }
      initialized = count
    }
  }
}
