import CleaveKernels
import CleaveRuntime
import CleaveStorage

/// Measures products of one matrix of blocks with one vector.
final class WeightsMeasurement {
  private static let k = 2048

  private let type: TensorType
  private let pool: ThreadPool
  private let rows: Int
  private let weights: [UInt8]  // [rows, k] in blocks
  private let input: [Float]  // [k]
  private var blocks: [ck_activations]  // [k / CK_BLOCK]
  private var output: [Float]  // [rows]

  /// - Parameter bytes: of the matrix, about.
  init(_ type: TensorType, bytes: Int, pool: ThreadPool) {
    self.type = type
    self.pool = pool
    let rowBytes = type.byteCount(elements: Self.k) ?? 1
    rows = max(64, bytes / rowBytes / 64 * 64)
    // Bytes whose float16 numbers are neither large nor subnormal.
    let pattern = (0..<1 << 16).map { UInt8(truncatingIfNeeded: 0x20 + ($0 &* 40_503) % 28) }
    var weights: [UInt8] = []
    weights.reserveCapacity(rows * rowBytes)
    while weights.count < rows * rowBytes {
      weights.append(contentsOf: pattern.prefix(rows * rowBytes - weights.count))
    }
    self.weights = weights
    input = (0..<Self.k).map { Float(($0 &* 40_503) % 1000) / 1000 - 0.5 }
    blocks = [ck_activations](repeating: .init(), count: Self.k / Int(CK_BLOCK))
    output = [Float](repeating: 0, count: rows)
    ck_quantize_activations(pool.handle, input, Self.k, 1, &blocks)
  }

  /// The median rate of so many runs after one to warm up, in GB of weights a second. A run of a small matrix
  /// is many products.
  func rate(runs: Int) -> Double {
    let clock = ContinuousClock()
    let products = max(1, (32 << 20) / weights.count)
    multiply()
    let seconds = (0..<runs).map { _ in
      clock.measure { for _ in 0..<products { multiply() } } / .seconds(1)
    }.sorted()
    return Double(products * weights.count) / 1e9 / seconds[seconds.count / 2]
  }

  private func multiply() {
    weights.withUnsafeBufferPointer { weights in
      input.withUnsafeBufferPointer { input in
        blocks.withUnsafeBufferPointer { blocks in
          output.withUnsafeMutableBufferPointer { output in
            var x = ck_input(
              values: input.baseAddress, blocks: blocks.baseAddress, k: Self.k, columns: 1)
            var matrix = ck_weights(
              type: type.kernelType, bytes: weights.baseAddress, rows: rows, y: output.baseAddress,
              ldy: rows)
            ck_project(pool.handle, &x, &matrix, 1, 0)
          }
        }
      }
    }
  }
}
