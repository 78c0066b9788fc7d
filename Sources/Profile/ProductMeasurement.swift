import CleaveKernels
import CleaveModel
import CleaveRuntime
import CleaveStorage

/// Measures products of synthetic matrices by the engine's own kernels.
struct ProductMeasurement {
  private static let k = 2048

  let pool: ThreadPool
  let weights: ColdWeights
  let rows: Int

  /// The bytes of the largest matrix with so many rows.
  static func largestBytes(rows: Int) -> Int { rows * k * MemoryLayout<Float>.size }

  /// - Parameter seconds: for all numbers of columns together.
  func table(_ type: TensorType, seconds: Double) -> ProductTable {
    let columns = ProfileSettings.columns
    // Noise must not make more columns cheaper.
    var (times, spread, last) = ([Double](), 0.0, 0.0)
    for count in columns {
      let rounds = measure(type, columns: count, seconds: seconds / Double(columns.count))
      last = max(last, rounds.median / Double(rows * Self.k))
      times.append(last)
      spread = max(spread, rounds.spread)
    }
    return ProductTable(columns: columns, secondsPerWeight: times, spread: spread)
  }

  private func measure(_ type: TensorType, columns: Int, seconds: Double) -> Rounds {
    let k = Self.k
    let values = (0..<columns * k).map { Float(($0 &* 40_503) % 1000) / 1000 - 0.5 }
    var blocks = [ck_activations](
      repeating: .init(), count: columns * k / Int(CK_BLOCK))
    ck_quantize_activations(pool.handle, values, k, columns, &blocks)
    var output = [Float](repeating: 0, count: columns * rows)
    let bytes = type.byteCount(elements: rows * k) ?? 0
    return Rounds(seconds: seconds) {
      weights.take(bytes) { start in
        output.withUnsafeMutableBufferPointer { output in
          values.withUnsafeBufferPointer { values in
            blocks.withUnsafeBufferPointer { blocks in
              var input = ck_input(
                values: values.baseAddress, blocks: blocks.baseAddress, k: k, columns: columns)
              var matrix = ck_weights(
                type: type.kernelType, bytes: start, rows: rows, y: output.baseAddress,
                ldy: rows)
              ck_project(pool.handle, &input, &matrix, 1, 0)
            }
          }
        }
      }
    }
  }

  /// Seconds of a product that computes next to nothing: what it takes to start and join the threads.
  func start(seconds: Double) -> Rounds {
    let values = [Float](repeating: 1, count: Int(CK_BLOCK))
    let matrix = [Float](repeating: 1, count: 64 * Int(CK_BLOCK))
    var output = [Float](repeating: 0, count: 64)
    return Rounds(seconds: seconds) {
      values.withUnsafeBufferPointer { values in
        matrix.withUnsafeBufferPointer { matrix in
          output.withUnsafeMutableBufferPointer { output in
            var input = ck_input(
              values: values.baseAddress, blocks: nil, k: Int(CK_BLOCK), columns: 1)
            var weights = ck_weights(
              type: CK_F32, bytes: matrix.baseAddress, rows: 64, y: output.baseAddress, ldy: 64)
            ck_project(pool.handle, &input, &weights, 1, 0)
          }
        }
      }
    }
  }
}
