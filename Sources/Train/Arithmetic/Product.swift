import COpenBLAS
import CleaveKernels
import CleaveRuntime

/// Matrix products, divided among threads.
struct Product: Sendable {
  let workers: Workers
  let precision: TrainingPrecision

  /// Computes `c = a b`, or `c += a b` where `adding`, with either factor transposed as asked.
  func callAsFunction(
    _ a: MatrixView, aTransposed: Bool = false, _ b: MatrixView,
    bTransposed: Bool = false, into c: MatrixView, adding: Bool = false
  ) {
    Self.check(a, aTransposed, b, bTransposed, c)
    guard c.rows > 0, c.columns > 0 else { return }
    switch precision {
    case .bf16:
      var product = ck_gemm(
        m: c.rows, n: c.columns, k: aTransposed ? a.rows : a.columns, a: a.base, lda: a.stride,
        a_transposed: aTransposed ? 1 : 0, b: b.base, ldb: b.stride,
        b_transposed: bTransposed ? 1 : 0, c: c.base, ldc: c.stride, accumulate: adding ? 1 : 0)
      ck_gemm_bf16(workers.pool.handle, &product)
    case .float32:
      workers.forEachRange(c.rows, atLeast: 16) { rows, _ in
        let part = aTransposed ? a.columns(rows) : a.rows(rows)
        Self.single(part, aTransposed, b, bTransposed, into: c.rows(rows), adding: adding)
      }
    }
  }

  /// The same in float32, on the calling thread alone.
  static func single(
    _ a: MatrixView, _ aTransposed: Bool, _ b: MatrixView, _ bTransposed: Bool,
    into c: MatrixView, adding: Bool
  ) {
    check(a, aTransposed, b, bTransposed, c)
    let inner = aTransposed ? a.rows : a.columns
    cblas_sgemm(
      CblasRowMajor, aTransposed ? CblasTrans : CblasNoTrans,
      bTransposed ? CblasTrans : CblasNoTrans, blasint(c.rows), blasint(c.columns), blasint(inner),
      1, a.base, blasint(a.stride), b.base, blasint(b.stride), adding ? 1 : 0, c.base,
      blasint(c.stride))
  }

  private static func check(
    _ a: MatrixView, _ aTransposed: Bool, _ b: MatrixView, _ bTransposed: Bool, _ c: MatrixView
  ) {
    let inner = aTransposed ? a.rows : a.columns
    precondition((aTransposed ? a.columns : a.rows) == c.rows)
    precondition((bTransposed ? b.rows : b.columns) == c.columns)
    precondition((bTransposed ? b.columns : b.rows) == inner)
  }
}
