import CleaveKernels

/// RMSNorm over rows, forward and backward.
struct NormLayer: Sendable {
  let weight: Parameters.Weight  // [1, hidden]
  let epsilon: Float

  /// - Parameters:
  ///   - x: `[rows, hidden]`, dense.
  ///   - y: `[rows, hidden]`, dense, receives the result.
  ///   - inverse: `[rows, 1]`, receives the inverse root mean squares, which `backward` needs.
  func forward(_ x: MatrixView, into y: MatrixView, inverse: MatrixView, _ workers: Workers) {
    check(x, y, inverse)
    workers.forEachRange(x.rows, atLeast: 64) { rows, _ in
      ck_norm_forward(
        x.rows(rows).base, weight.value.base, epsilon, rows.count, x.columns, y.rows(rows).base,
        inverse.rows(rows).base)
    }
  }

  /// Adds to `dx` and to the weight's gradient.
  ///
  /// - Parameter scratch: `[>= threads, hidden]`, for one sum of each thread.
  func backward(
    _ x: MatrixView, inverse: MatrixView, dy: MatrixView, addingTo dx: MatrixView,
    scratch: MatrixView, _ workers: Workers
  ) {
    check(x, dy, inverse)
    check(x, dx, inverse)
    precondition(scratch.columns == x.columns && scratch.rows >= workers.count)
    scratch.clear()
    workers.forEachRange(x.rows, atLeast: 64) { rows, piece in
      ck_norm_backward(
        x.rows(rows).base, weight.value.base, inverse.rows(rows).base, dy.rows(rows).base,
        rows.count, x.columns, dx.rows(rows).base, scratch.rows(piece..<piece + 1).base)
    }
    for piece in 0..<workers.count {
      ck_accumulate(scratch.rows(piece..<piece + 1).base, x.columns, weight.gradient.base)
    }
  }

  private func check(_ x: MatrixView, _ y: MatrixView, _ inverse: MatrixView) {
    precondition(x.isDense && y.isDense && x.rows == y.rows && x.columns == y.columns)
    precondition(x.columns == weight.value.columns && weight.value.rows == 1)
    precondition(inverse.isDense && inverse.columns == 1 && inverse.rows == x.rows)
  }
}
