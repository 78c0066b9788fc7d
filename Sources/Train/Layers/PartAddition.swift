import CleaveModel

/// The addition of what a part of a block computes to the hidden states, through a norm of its own where the family has
/// one (Gemma 3).
final class PartAddition {
  private let norm: NormLayer?
  private let output: FloatBuffer  // [rows, hidden], before the norm; empty without one
  private let inverse: FloatBuffer  // [rows]

  /// - Parameters:
  ///   - norm: the weight of the norm; nil where there is none.
  ///   - rows: the most rows of a batch.
  init(
    norm: Parameters.Weight?, _ configuration: ModelConfiguration, rows: Int
  ) {
    self.norm = norm.map { NormLayer(weight: $0, epsilon: configuration.normEpsilon) }
    output = FloatBuffer(norm == nil ? 0 : rows * configuration.hiddenSize)
    inverse = FloatBuffer(norm == nil ? 0 : rows)
  }

  /// Sets `y` to x and what the part adds.
  ///
  /// - Parameters:
  ///   - x: `[rows, hidden]`.
  ///   - part: stores what the part computes, or adds it to what is there.
  func forward(
    _ x: MatrixView, into y: MatrixView, _ work: BatchContext,
    part: (_ output: MatrixView, _ adding: Bool) -> Void
  ) {
    y.copy(from: x)
    guard let norm else { return part(y, true) }
    let output = output.matrix(x.rows, x.columns), normed = work.part.matrix(x.rows, x.columns)
    part(output, false)
    norm.forward(output, into: normed, inverse: inverse.matrix(x.rows, 1), work.workers)
    y.add(normed)
  }

  /// Adds to the gradient of the norm's weight.
  ///
  /// - Parameters:
  ///   - gradient: that of the last rows of the result, `[last rows, hidden]`.
  ///   - rows: the number of rows of the forward pass.
  /// - Returns: the gradient of the last rows of what the part computed, valid until the next addition.
  func backward(_ gradient: MatrixView, of rows: Int, _ work: BatchContext) -> MatrixView {
    guard let norm else { return gradient }
    let d = work.part.matrix(gradient.rows, gradient.columns)
    d.clear()
    norm.backward(
      output.matrix(rows, gradient.columns).last(gradient.rows),
      inverse: inverse.matrix(rows, 1).last(gradient.rows), dy: gradient, addingTo: d,
      scratch: work.sums, work.workers)
    return d
  }
}
