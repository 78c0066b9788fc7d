import CleaveModel

/// The network `down(activation(gate(x)) * up(x))` (Shazeer, arXiv 2002.05202), or without a gate
/// `down(activation(up(x)))`, each product with its bias where it has one.
final class DenseNetwork: FeedForwardNetwork {
  private let width: Int
  private let unit: GatedUnit
  /// What reads the input: gate and up, or up alone.
  private let gateUp: Parameters.Weight  // [opened, hidden]
  private let gateUpBias: Parameters.Weight?  // [1, opened]
  private let down: Parameters.Weight  // [hidden, intermediate]
  private let downBias: Parameters.Weight?  // [1, hidden]
  private let gates: FloatBuffer  // [rows, opened]
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
    let isGated = configuration.block.gated
    unit = GatedUnit(
      activation: configuration.block.activation, isGated: isGated,
      clamp: configuration.block.gateClamp)
    gateUp = parameters.stacked(isGated ? [weights.gate, weights.up] : [weights.up])
    gateUpBias = parameters.joined(isGated ? [.gateBias, .upBias] : [.upBias])
    down = parameters[weights.down]
    downBias = parameters.optional(.downBias)
    gates = FloatBuffer(rows * gateUp.value.rows)
    activated = FloatBuffer(rows * width)
  }

  func forward(
    _ x: MatrixView, into output: MatrixView, adding: Bool, _ work: BatchContext
  ) {
    let gates = gates.matrix(x.rows, gateUp.value.rows)
    let activated = activated.matrix(x.rows, width)
    work.product(x, gateUp.value, bTransposed: true, into: gates)
    if let gateUpBias { gates.addToRows(gateUpBias.value) }
    unit.forward(gates, into: activated, work.workers)
    work.product(activated, down.value, bTransposed: true, into: output, adding: adding)
    if let downBias { output.addToRows(downBias.value) }
  }

  func backward(
    _ x: MatrixView, _ gradient: MatrixView, into dx: MatrixView, _ work: BatchContext
  ) {
    let rows = gradient.rows
    let opened = gateUp.value.rows
    let gates = gates.matrix(x.rows, opened).last(rows)
    let activated = activated.matrix(x.rows, width).last(rows)
    let dActivated = work.wide.matrix(rows, width), dGates = work.gates.matrix(rows, opened)
    if let downBias { gradient.addRows(to: downBias.gradient) }
    work.product(gradient, aTransposed: true, activated, into: down.gradient, adding: true)
    work.product(gradient, down.value, into: dActivated)
    unit.backward(gates, dout: dActivated, into: dGates, work.workers)
    if let gateUpBias { dGates.addRows(to: gateUpBias.gradient) }
    work.product(dGates, aTransposed: true, x.last(rows), into: gateUp.gradient, adding: true)
    work.product(dGates, gateUp.value, into: dx)
  }
}
