import CleaveKernels

/// A product with padding between its rows: random inputs, a c to start from.
struct Gemm {
  let m, n, k: Int
  let aTransposed, bTransposed, accumulate: Bool
  var a, b, c: [Float]

  static let padding = 3

  init(
    m: Int, n: Int, k: Int, aTransposed: Bool = false, bTransposed: Bool = false,
    accumulate: Bool = false, seed: Int = 1
  ) {
    (self.m, self.n, self.k) = (m, n, k)
    (self.aTransposed, self.bTransposed) = (aTransposed, bTransposed)
    self.accumulate = accumulate
    var random = Random(seed)
    let (aRows, aColumns) = aTransposed ? (k, m) : (m, k)
    let (bRows, bColumns) = bTransposed ? (n, k) : (k, n)
    a = random.floats(aRows * (aColumns + Self.padding))
    b = random.floats(bRows * (bColumns + Self.padding))
    c = random.floats(m * (n + Self.padding))
  }

  typealias Function = (OpaquePointer?, UnsafePointer<ck_gemm>?) -> Void

  /// The matrix c after the product, its padding included.
  func run(_ function: Function = ck_gemm_bf16, pool: OpaquePointer? = nil) -> [Float] {
    var c = c
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        c.withUnsafeMutableBufferPointer { c in
          var gemm = ck_gemm(
            m: m, n: n, k: k, a: a.baseAddress, lda: (aTransposed ? m : k) + Self.padding,
            a_transposed: aTransposed ? 1 : 0, b: b.baseAddress,
            ldb: (bTransposed ? k : n) + Self.padding, b_transposed: bTransposed ? 1 : 0,
            c: c.baseAddress, ldc: n + Self.padding, accumulate: accumulate ? 1 : 0)
          function(pool, &gemm)
        }
      }
    }
    return c
  }
}
