import CleaveKernels
import CleaveRuntime
import CleaveStorage

/// Reads rows of the unembedding, converted to float32, and what is added to their logits.
package final class TokenRows {
  private let tensor: Tensor
  private let bias: [Float]?  // [vocabulary]
  private let workers: Workers
  private var buffer = FloatBuffer(0)
  let vocabulary: Int
  let hidden: Int

  /// - Parameters:
  ///   - tensor: the unembedding, `[vocabulary, hidden]`, in any type.
  ///   - bias: of the unembedding, `[vocabulary]`; nil for none.
  package init(_ tensor: Tensor, bias: [Float]? = nil, workers: Workers) {
    precondition(tensor.shape.count == 2)
    precondition(bias.map { $0.count == tensor.shape[0] } ?? true)
    self.tensor = tensor
    self.bias = bias
    self.workers = workers
    vocabulary = tensor.shape[0]
    hidden = tensor.shape[1]
  }

  /// Adds the biases of these tokens to their logits, `[rows, tokens]`.
  func addBiases(of tokens: [Int], to logits: MatrixView) {
    guard let bias else { return }
    precondition(tokens.count == logits.columns)
    workers.forEachRange(logits.rows) { range, _ in
      for row in range {
        let values = logits.base + row * logits.stride
        for (column, token) in tokens.enumerated() { values[column] += bias[token] }
      }
    }
  }

  /// The rows of these tokens.
  ///
  /// - Returns: `[tokens, hidden]`, valid until the next call.
  func callAsFunction(_ tokens: ArraySlice<Int>) -> MatrixView {
    precondition(tokens.allSatisfy { $0 >= 0 && $0 < vocabulary })
    let needed = tokens.count * hidden
    if buffer.count < needed { buffer = FloatBuffer(needed + needed / 4) }
    let rows = buffer.matrix(tokens.count, hidden)
    let (type, rowBytes) = (tensor.type.kernelType, tensor.rowBytes)
    tensor.withBytes { bytes in
      // The mapping outlives the call.
      nonisolated(unsafe) let base = bytes.baseAddress!
      workers.forEachRange(tokens.count, atLeast: 64) { range, _ in
        for row in range {
          let token = tokens[tokens.startIndex + row]
          ck_dequantize(
            type, base + token * rowBytes, rows.base + row * rows.stride, rows.columns)
        }
      }
    }
    return rows
  }
}
