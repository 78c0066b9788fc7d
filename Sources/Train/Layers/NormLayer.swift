import CleaveKernels
import CleaveModel

/// A norm over rows, forward and backward.
struct NormLayer: Sendable {
  private let weight: Parameters.Weight  // [1, hidden]
  private let bias: Parameters.Weight?  // [1, hidden]
  private let kind: BlockForm.NormKind
  private let epsilon: Float

  /// - Parameter kind: nil for that of the model's norms of hidden states.
  init(
    weight: Parameters.Weight, bias: Parameters.Weight? = nil, kind: BlockForm.NormKind? = nil,
    _ configuration: ModelConfiguration
  ) {
    self.weight = weight
    self.bias = bias
    self.kind = kind ?? configuration.block.norm
    epsilon = configuration.normEpsilon
  }

  /// - Parameters:
  ///   - x: `[rows, hidden]`, dense.
  ///   - y: `[rows, hidden]`, dense, receives the result.
  ///   - inverse: `[rows, 1]`, receives the inverse root mean squares or deviations, which `backward` needs.
  func forward(_ x: MatrixView, into y: MatrixView, inverse: MatrixView, _ workers: Workers) {
    check(x, y, inverse)
    workers.forEachRange(x.rows, atLeast: 64) { rows, _ in
      let (from, to) = (x.rows(rows).base, y.rows(rows).base)
      let inverse = inverse.rows(rows).base
      switch kind {
      case .rms:
        ck_norm_forward(
          from, weight.value.base, epsilon, rows.count, x.columns, to, inverse)
      case .layer:
        ck_layer_norm_forward(
          from, weight.value.base, bias?.value.base, epsilon, rows.count, x.columns, to, inverse)
      }
    }
  }

  /// Adds to `dx` and to the gradients of weight and bias.
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
      let (from, to) = (x.rows(rows).base, dx.rows(rows).base)
      let (inverse, dy) = (inverse.rows(rows).base, dy.rows(rows).base)
      let sums = scratch.rows(piece..<piece + 1).base
      switch kind {
      case .rms:
        ck_norm_backward(
          from, weight.value.base, inverse, dy, rows.count, x.columns, to, sums)
      case .layer:
        ck_layer_norm_backward(
          from, weight.value.base, inverse, dy, rows.count, x.columns, to, sums)
      }
    }
    if let bias { dy.addRows(to: bias.gradient) }
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
