import CleaveModel

/// The part of an exit between its tail and the shared unembedding, for the rows of a batch that have a loss:
/// the adapter, if the body has one, and the norm.
final class TrainableHead {
  let exit: ExitRecord
  private let adapter: (any ExitAdapter)?
  private let norm: NormLayer
  private let gathered, normed, inverse, gradient: FloatBuffer
  private var rows: [Int] = []
  private var adapted: MatrixView?

  /// - Parameter rows: the most rows of a batch.
  init(
    _ exit: ExitRecord, _ configuration: ModelConfiguration, _ parameters: Parameters, rows: Int
  ) {
    let hidden = configuration.hiddenSize
    self.exit = exit
    if let readout = exit.body.readout {
      adapter = AffineAdapters.make(readout, parameters, hidden: hidden, rows: rows) {
        exit.name(of: exit.readout($0))
      }
    } else if case .mlp = exit.body {
      adapter = FeedForwardAdapter(parameters, exit, configuration, rows: rows)
    } else {
      adapter = nil
    }
    norm = NormLayer(
      weight: parameters.weight(exit.normName),
      bias: configuration.block.normBias ? parameters.weight(exit.normBiasName) : nil,
      configuration)
    gathered = FloatBuffer(rows * hidden)
    normed = FloatBuffer(rows * hidden)
    inverse = FloatBuffer(rows)
    gradient = FloatBuffer(rows * hidden)
  }

  /// - Parameters:
  ///   - states: the hidden states of the batch, `[batch rows, hidden]`.
  ///   - rows: the rows of the batch that have a loss.
  /// - Returns: `[rows, hidden]`, valid until the next forward pass.
  func forward(_ states: MatrixView, rows: [Int], _ work: BatchContext) -> MatrixView {
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
  ///   - dNormed: the gradient of the result, `[rows, hidden]`.
  ///   - states: the gradient of the states that were read, which is added to; nil where it is not needed.
  func backward(_ dNormed: MatrixView, addingTo states: MatrixView?, _ work: BatchContext) {
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
