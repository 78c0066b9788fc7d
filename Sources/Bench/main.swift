import COpenBLAS
import CleaveKernels
import Glibc

// `make bench`: our matrix products beside OpenBLAS's sgemm on the same numbers, paired in time: ours
// and the peer's runs alternate, so that a machine whose speed drifts still gives an honest ratio.

/// One product of a model's size: `[rows, k]` times `columns` vectors.
struct Shape {
  let name: String
  let rows: Int
  let k: Int
  let columns: Int
}

let shapes = [
  Shape(name: "query, decode", rows: 576, k: 576, columns: 1),
  Shape(name: "head, decode", rows: 49152, k: 576, columns: 1),
  Shape(name: "gate, 8 columns", rows: 1536, k: 576, columns: 8),
  Shape(name: "gate, prefill", rows: 1536, k: 576, columns: 128),
  Shape(name: "down, prefill", rows: 576, k: 1536, columns: 128),
]

let threads = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
openblas_set_num_threads(Int32(threads))
guard let pool = ck_pool_create(threads) else { fatalError("no threads") }
let clock = ContinuousClock()

/// Seconds of each pair, `(ours, peer)`, after one run of each to warm up.
func measure(_ ours: () -> Void, _ peer: () -> Void, pairs: Int) -> [(Double, Double)] {
  func seconds(_ body: () -> Void) -> Double { clock.measure(body) / .seconds(1) }
  ours()
  peer()
  return (0..<pairs).map { _ in (seconds(ours), seconds(peer)) }
}

func column(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

print(
  "float32 products on \(threads) threads, \(String(cString: ck_isa_name())), GFLOP/s (median of pairs)"
)
print("product          " + column("ours", 10) + column("OpenBLAS", 10) + column("ratio", 8))
for shape in shapes {
  let weights = (0..<shape.rows * shape.k).map { Float(($0 &* 2_654_435_761) % 1000) / 1000 - 0.5 }
  let input = (0..<shape.columns * shape.k).map { Float(($0 &* 40_503) % 1000) / 1000 - 0.5 }
  var output = [Float](repeating: 0, count: shape.columns * shape.rows)
  let (m, n, k) = (Int32(shape.columns), Int32(shape.rows), Int32(shape.k))
  let pairs = measure(
    {
      input.withUnsafeBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
          weights.withUnsafeBufferPointer { weights in
            var x = ck_input(
              values: input.baseAddress, blocks: nil, k: shape.k, columns: shape.columns)
            var matrix = ck_weights(
              type: CK_F32, bytes: weights.baseAddress, rows: shape.rows, y: output.baseAddress,
              ldy: shape.rows)
            ck_project(pool, &x, &matrix, 1, 0)
          }
        }
      }
    },
    {
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, m, n, k, 1, input, k, weights, k, 0, &output, n)
    }, pairs: 41)
  func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
  let work = 2e-9 * Double(shape.rows * shape.k * shape.columns)
  print(
    shape.name + String(repeating: " ", count: 17 - shape.name.count)
      + column(rounded(work / median(pairs.map(\.0))), 10)
      + column(rounded(work / median(pairs.map(\.1))), 10)
      + column(rounded(median(pairs.map { $0.1 / $0.0 })), 8))
}
ck_pool_destroy(pool)
