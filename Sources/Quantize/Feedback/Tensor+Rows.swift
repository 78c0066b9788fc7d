import CleaveKernels
import CleaveModel

extension Tensor {
  /// Some rows as float32, `[rows, rowElements]`.
  func floats(rows: Range<Int>) -> [Float] {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= self.rows)
    let count = rows.count * rowElements
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      withBytes {
        ck_dequantize(
          ck_type(rawValue: type.ggmlID), $0.baseAddress! + rows.lowerBound * rowBytes,
          buffer.baseAddress, count)
      }
      initialized = count
    }
  }
}
