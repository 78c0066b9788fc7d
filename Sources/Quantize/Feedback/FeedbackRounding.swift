import COpenBLAS
import CleaveKernels
import CleaveRuntime
import CleaveStorage

/// Rounds a matrix with error feedback, a number of rows at a time: each block of columns is
/// rounded to its grid, and the columns after it compensate for its error.
package struct FeedbackRounding {
  let tensor: Tensor  // [rows, width]
  let type: TensorType
  let factor: FeedbackFactor
  let pool: ThreadPool

  /// - Parameter factor: a factor as wide as the tensor's rows, which consist of whole blocks of
  ///   `type`.
  package init(tensor: Tensor, type: TensorType, factor: FeedbackFactor, pool: ThreadPool) {
    precondition(tensor.rowElements == factor.width && factor.width % type.blockElements == 0)
    (self.tensor, self.type, self.factor, self.pool) = (tensor, type, factor, pool)
  }

  /// The number of rows held as floats at a time.
  private static let slab = 1024
  /// The number of rows that a thread compensates at a time. It is fixed, so that the result does
  /// not depend on the number of threads.
  private static let tile = 128

  /// Calls `write` with the bytes of all rows in order.
  package func stream(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
    let bytes = type.byteCount(elements: factor.width) ?? 0
    let importance = factor.importance
    for first in stride(from: 0, to: tensor.rows, by: Self.slab) {
      let rows = min(Self.slab, tensor.rows - first)
      var weights = tensor.floats(rows: first..<first + rows)
      var out = [UInt8](repeating: 0, count: rows * bytes)
      for start in stride(from: 0, to: factor.width, by: type.blockElements) {
        let columns = start..<start + type.blockElements
        try round(columns, &weights, rows, importance, into: &out, rowBytes: bytes, first)
        compensate(for: columns, &weights, rows)
      }
      try out.withUnsafeBytes(write)
    }
  }

  private func round(
    _ columns: Range<Int>, _ weights: inout [Float], _ rows: Int, _ importance: [Float],
    into out: inout [UInt8], rowBytes: Int, _ firstRow: Int
  ) throws {
    let block = factor.block(columns)
    let offset = columns.lowerBound / type.blockElements * type.blockBytes
    let found = weights.withUnsafeMutableBufferPointer { weights in
      out.withUnsafeMutableBytes { out in
        importance.withUnsafeBufferPointer { importance in
          block.withUnsafeBufferPointer { block in
            var part = ck_feed_back(
              type: type.kernelType, w: weights.baseAddress! + columns.lowerBound,
              ldw: factor.width, rows: rows, factor: block.baseAddress,
              importance: importance.baseAddress! + columns.lowerBound,
              out: out.baseAddress! + offset, row_bytes: rowBytes)
            return ck_quantize_with_feedback(pool.handle, &part)
          }
        }
      }
    }
    guard found.fault == CK_FAULT_NONE else {
      let row = firstRow + found.element / factor.width
      throw InputError(
        file: tensor.file.path, location: "\(tensor.name), row \(row)",
        found: "a weight that \(type.rawValue) cannot hold", expected: "finite weights")
    }
  }

  /// Subtracts the error of a block from the columns after it: `W[rest] -= E U[block, rest]`.
  private func compensate(for columns: Range<Int>, _ weights: inout [Float], _ rows: Int) {
    let width = factor.width
    let rest = width - columns.upperBound
    guard rest > 0 else { return }
    weights.withUnsafeMutableBufferPointer { weights in
      factor.factor.withUnsafeBufferPointer { factor in
        nonisolated(unsafe) let w = weights.baseAddress!
        nonisolated(unsafe) let u = factor.baseAddress! + columns.lowerBound * width
        let tiles = (rows + Self.tile - 1) / Self.tile
        OpenBLAS.forEachPiece(tiles, threads: pool.count) { index in
          let row = index * Self.tile
          let from = w + row * width
          cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(min(Self.tile, rows - row)),
            Int32(rest), Int32(columns.count), -1, from + columns.lowerBound, Int32(width),
            u + columns.upperBound, Int32(width), 1, from + columns.upperBound, Int32(width))
        }
      }
    }
  }
}
