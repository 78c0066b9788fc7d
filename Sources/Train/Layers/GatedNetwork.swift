import CleaveModel

/// The network `down(activation(gate(x)) * up(x))` (Shazeer, arXiv 2002.05202).
final class GatedNetwork: FeedForwardNetwork {
  private let width: Int
  private let unit: GatedUnit
  private let gateUp: Parameters.Weight  // [2 intermediate, hidden]
  private let down: Parameters.Weight  // [hidden, intermediate]
  private let gates: FloatBuffer  // [rows, 2 intermediate]
  private let activated: FloatBuffer  // [rows, intermediate]

  /// - Parameters:
  ///   - width: of what the down projection reads.
  ///   - rows: the most rows of a batch.
  ///   - weights: the gate, the up and the down projection.
  init(
    _ configuration: ModelConfiguration, width: Int, rows: Int, _ parameters: BlockParameters,
    _ weights: (gate: BlockWeight, up: BlockWeight, down: BlockWeight) = (.gate, .up, .down)
  ) {
    self.width = width
    unit = GatedUnit(activation: configuration.block.activation)
    gateUp = parameters.stacked([weights.gate, weights.up])
    down = parameters[weights.down]
    gates = FloatBuffer(rows * 2 * width)
    activated = FloatBuffer(rows * width)
  }

  func forward(
    _ x: MatrixView, into output: MatrixView, adding: Bool, _ work: BatchContext
  ) {
    let gates = gates.matrix(x.rows, 2 * width), activated = activated.matrix(x.rows, width)
    work.product(x, gateUp.value, bTransposed: true, into: gates)
    unit.forward(gates, into: activated, work.workers)
    work.product(activated, down.value, bTransposed: true, into: output, adding: adding)
  }

  func backward(
    _ x: MatrixView, _ gradient: MatrixView, into dx: MatrixView, _ work: BatchContext
  ) {
    let rows = gradient.rows
    let gates = gates.matrix(x.rows, 2 * width).last(rows)
    let activated = activated.matrix(x.rows, width).last(rows)
    let dActivated = work.wide.matrix(rows, width), dGates = work.gates.matrix(rows, 2 * width)
    work.product(gradient, aTransposed: true, activated, into: down.gradient, adding: true)
    work.product(gradient, down.value, into: dActivated)
    unit.backward(gates, dout: dActivated, into: dGates, work.workers)
    work.product(dGates, aTransposed: true, x.last(rows), into: gateUp.gradient, adding: true)
    work.product(dGates, gateUp.value, into: dx)
  }
}
