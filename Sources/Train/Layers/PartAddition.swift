import CleaveModel

/// The addition of what a part of a block computes to the hidden states, through a norm of its own where the family has
/// one (Gemma 3), and times a factor where it has one (Granite).
final class PartAddition {
  private let norm: NormLayer?
  private let scale: Float
  private let output: FloatBuffer  // [rows, hidden], before the norm; empty without one
  private let inverse: FloatBuffer  // [rows]

  /// - Parameters:
  ///   - norm: the weight of the norm; nil where there is none.
  ///   - rows: the most rows of a batch.
  init(
    norm: Parameters.Weight?, _ configuration: ModelConfiguration, rows: Int
  ) {
    self.norm = norm.map { NormLayer(weight: $0, configuration) }
    scale = configuration.residualScale
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
    guard let norm else {
      guard scale != 1 else { return part(y, true) }
      let output = work.part.matrix(x.rows, x.columns)
      part(output, false)
      return y.add(output, times: scale)
    }
    let output = output.matrix(x.rows, x.columns), normed = work.part.matrix(x.rows, x.columns)
    part(output, false)
    norm.forward(output, into: normed, inverse: inverse.matrix(x.rows, 1), work.workers)
    y.add(normed, times: scale)
  }

  /// Adds to the gradient of the norm's weight.
  ///
  /// - Parameters:
  ///   - gradient: that of the last rows of the result, `[last rows, hidden]`.
  ///   - rows: the number of rows of the forward pass.
  /// - Returns: the gradient of the last rows of what the part computed, valid until the next addition.
  func backward(_ gradient: MatrixView, of rows: Int, _ work: BatchContext) -> MatrixView {
    guard norm != nil || scale != 1 else { return gradient }
    let d = work.part.matrix(gradient.rows, gradient.columns)
    let dy = norm == nil ? d : work.normed.matrix(gradient.rows, gradient.columns)
    dy.copy(from: gradient)
    dy.scale(by: scale)
    guard let norm else { return d }
    d.clear()
    norm.backward(
      output.matrix(rows, gradient.columns).last(gradient.rows),
      inverse: inverse.matrix(rows, 1).last(gradient.rows), dy: dy, addingTo: d,
      scratch: work.sums, work.workers)
    return d
  }
}
