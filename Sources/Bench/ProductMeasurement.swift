import COpenBLAS
import CleaveKernels
import CleaveRuntime

/// The shape of one product of a model: a matrix `[rows, k]` times `columns` vectors.
struct Product {
  let name: String
  let rows: Int
  let k: Int
  let columns: Int

  /// Billions of floating-point operations.
  var work: Double { 2e-9 * Double(rows * k * columns) }

  static let ofAModel = [
    Product(name: "query, decode", rows: 576, k: 576, columns: 1),
    Product(name: "head, decode", rows: 49152, k: 576, columns: 1),
    Product(name: "gate, 8 columns", rows: 1536, k: 576, columns: 8),
    Product(name: "gate, prefill", rows: 1536, k: 576, columns: 128),
    Product(name: "down, prefill", rows: 576, k: 1536, columns: 128),
  ]
}

/// Measures a product by our kernels and by OpenBLAS on the same numbers.
final class ProductMeasurement {
  private let product: Product
  private let pool: ThreadPool
  private let weights: [Float]  // [rows, k]
  private let input: [Float]  // [columns, k]
  private var output: [Float]  // [columns, rows]

  init(_ product: Product, pool: ThreadPool) {
    self.product = product
    self.pool = pool
    func numbers(_ count: Int, step: Int) -> [Float] {
      (0..<count).map { Float(($0 &* step) % 1000) / 1000 - 0.5 }
    }
    weights = numbers(product.rows * product.k, step: 2_654_435_761)
    input = numbers(product.columns * product.k, step: 40_503)
    output = [Float](repeating: 0, count: product.columns * product.rows)
  }

  /// Times pairs of products, after one of each to warm up. Figures are in seconds.
  func measure(pairs: Int) -> [(ours: Double, peer: Double)] {
    let clock = ContinuousClock()
    func time(_ body: () -> Void) -> Double { clock.measure(body) / .seconds(1) }
    runOurs()
    runPeer()
    return (0..<pairs).map { _ in (time(runOurs), time(runPeer)) }
  }

  private func runOurs() {
    weights.withUnsafeBufferPointer { weights in
      input.withUnsafeBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
          var x = ck_input(
            values: input.baseAddress, blocks: nil, k: product.k, columns: product.columns)
          var matrix = ck_weights(
            type: CK_F32, bytes: weights.baseAddress, rows: product.rows, y: output.baseAddress,
            ldy: product.rows)
          ck_project(pool.handle, &x, &matrix, 1, 0)
        }
      }
    }
  }

  private func runPeer() {
    let (m, n, k) = (Int32(product.columns), Int32(product.rows), Int32(product.k))
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, m, n, k, 1, input, k, weights, k, 0, &output, n)
  }
}
