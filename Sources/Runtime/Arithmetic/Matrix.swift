import CleaveKernels
import CleaveModel

/// A weight matrix `[rows, columns]` in a mapped file, in any type the kernels read.
struct Matrix: Sendable {
  let rows: Int
  let columns: Int
  private let tensor: Tensor
  private let type: ck_type

  init(_ tensor: Tensor) {
    precondition(tensor.shape.count == 2, "\(tensor.name) is not a matrix")
    rows = tensor.shape[0]
    columns = tensor.shape[1]
    self.tensor = tensor
    type = tensor.type.kernelType
  }

  /// Multiplies each of `count` vectors: `output[c] = matrix * input[c]`.
  ///
  /// - Parameters:
  ///   - input: `[count, columns]`.
  ///   - output: `[count, rows]`, from element `offset` on.
  func multiply(
    _ input: [Float], count: Int, into output: inout [Float], at offset: Int = 0, pool: ThreadPool
  ) {
    precondition(count * columns <= input.count)
    precondition(offset >= 0 && offset + count * rows <= output.count)
    tensor.withBytes { weights in
      input.withUnsafeBufferPointer { x in
        output.withUnsafeMutableBufferPointer { y in
          ck_matmul(
            pool.handle, type, weights.baseAddress, rows, columns, x.baseAddress!,
            columns, count, y.baseAddress! + offset, rows)
        }
      }
    }
  }

  /// Copies one row as float32: the embedding of a token.
  func copyRow(_ row: Int, into output: inout [Float], at offset: Int) {
    precondition((0..<rows).contains(row) && offset >= 0 && offset + columns <= output.count)
    tensor.withBytes { weights in
      output.withUnsafeMutableBufferPointer {
        ck_dequantize(
          type, weights.baseAddress! + row * tensor.rowBytes, $0.baseAddress! + offset, columns)
      }
    }
  }
}

extension Tensor {
  /// All elements as float32, for the vectors that norms use.
  func floats() -> [Float] {
    let count = rows * rowElements
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      withBytes { ck_dequantize(type.kernelType, $0.baseAddress, buffer.baseAddress, count) }
      initialized = count
    }
  }
}

extension TensorType {
  var kernelType: ck_type { ck_type(rawValue: ggmlID) }
}
