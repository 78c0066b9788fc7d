import CleaveModel

/// The end of an exit, for those rows of a batch that have a loss: adapter, then norm, up to what the
/// unembedding reads.
final class TrainedHead {
  let exit: ExitRecord
  private let adapter: (any ExitAdapter)?
  private let norm: NormLayer
  private let gathered, normed, inverse, gradient: FloatBuffer
  private var rows: [Int] = []
  private var adapted: MatrixView?

  /// - Parameter rows: the most that are asked for at once.
  init(
    _ exit: ExitRecord, _ configuration: ModelConfiguration, _ parameters: Parameters, rows: Int
  ) {
    let hidden = configuration.hiddenSize
    self.exit = exit
    adapter =
      switch exit.body {
      case .norm, .tail: nil
      case .affine(nil): AffineAdapter(parameters, exit, hidden: hidden, rows: rows)
      case .affine(let rank?):
        LowRankAdapter(parameters, exit, rank: rank, hidden: hidden, rows: rows)
      case .mlp: FeedForwardAdapter(parameters, exit, configuration, rows: rows)
      }
    norm = NormLayer(
      weight: parameters.weight(exit.normName), epsilon: configuration.normEpsilon)
    gathered = FloatBuffer(rows * hidden)
    normed = FloatBuffer(rows * hidden)
    inverse = FloatBuffer(rows)
    gradient = FloatBuffer(rows * hidden)
  }

  /// - Parameters:
  ///   - states: `[batch rows, hidden]`.
  ///   - rows: of the batch.
  /// - Returns: `[rows, hidden]`, until the next forward pass.
  func forward(_ states: MatrixView, rows: [Int], _ work: BatchWork) -> MatrixView {
    self.rows = rows
    let x = gathered.matrix(rows.count, states.columns)
    x.gather(rows, from: states)
    let adapted = adapter?.forward(x, work) ?? x
    self.adapted = adapted
    let y = normed.matrix(rows.count, states.columns)
    norm.forward(adapted, into: y, inverse: inverse.matrix(rows.count, 1), work.workers)
    return y
  }

  /// - Parameters:
  ///   - dNormed: gradient of the result, `[rows, hidden]`.
  ///   - states: receives, added, the gradient of the states it read; nil where nobody needs it.
  func backward(_ dNormed: MatrixView, addingTo states: MatrixView?, _ work: BatchWork) {
    guard let adapted else { preconditionFailure("backward without forward") }
    let d = gradient.matrix(rows.count, adapted.columns)
    d.clear()
    norm.backward(
      adapted, inverse: inverse.matrix(rows.count, 1), dy: dNormed, addingTo: d,
      scratch: work.sums, work.workers)
    adapter?.backward(d, work)
    if let states { d.scatterAdd(rows, to: states) }
  }
}
