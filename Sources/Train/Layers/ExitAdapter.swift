import CleaveModel

/// A part of an exit that changes the hidden state of each position by itself: the body of an exit without a
/// tail or the readout behind one, before the exit's norm, or the map before a tail. Conforming types have a backward pass.
protocol ExitAdapter {
  /// - Parameter x: `[rows, hidden]`; must stay unchanged until `backward`.
  /// - Returns: `[rows, hidden]`, valid until the next forward pass.
  func forward(_ x: MatrixView, _ work: BatchContext) -> MatrixView
  /// Adds to the gradients of the parameters.
  ///
  /// - Parameter gradient: the gradient of the last rows of the result; becomes that of `x`. The rows before have none.
  func backward(_ gradient: MatrixView, _ work: BatchContext)
}

/// The adapters of the affine body and of the affine maps around a tail.
enum AffineAdapters {
  /// - Parameters:
  ///   - rows: the most rows of a batch.
  ///   - name: the parameter that is a weight of the map.
  static func make(
    _ map: AffineMap, _ parameters: Parameters, hidden: Int, rows: Int,
    name: (AffineWeight) -> String
  ) -> any ExitAdapter {
    if let rank = map.rank {
      LowRankAdapter(parameters, rank: rank, hidden: hidden, rows: rows, name: name)
    } else {
      AffineAdapter(parameters, hidden: hidden, rows: rows, name: name)
    }
  }
}

/// The body or map `x + W x + b` with a full matrix W (tuned lens, Belrose et al., arXiv 2303.08112).
final class AffineAdapter: ExitAdapter {
  private let matrix: Parameters.Weight  // [hidden, hidden]
  private let bias: Parameters.Weight  // [1, hidden]
  private let result: FloatBuffer
  private let scratch: FloatBuffer
  private var input: MatrixView?

  init(_ parameters: Parameters, hidden: Int, rows: Int, name: (AffineWeight) -> String) {
    matrix = parameters.weight(name(.matrix))
    bias = parameters.weight(name(.bias))
    result = FloatBuffer(rows * hidden)
    scratch = FloatBuffer(rows * hidden)
  }

  func forward(_ x: MatrixView, _ work: BatchContext) -> MatrixView {
    input = x
    let y = result.matrix(x.rows, x.columns)
    y.fill(from: x, plus: bias.value)
    work.product(x, matrix.value, bTransposed: true, into: y, adding: true)
    return y
  }

  func backward(_ gradient: MatrixView, _ work: BatchContext) {
    guard let x = input?.last(gradient.rows) else {
      preconditionFailure("backward without forward")
    }
    let before = scratch.matrix(x.rows, x.columns)
    before.copy(from: gradient)
    before.addRows(to: bias.gradient)
    work.product(before, aTransposed: true, x, into: matrix.gradient, adding: true)
    work.product(before, matrix.value, into: gradient, adding: true)
  }
}

/// The body or map `x + up down x + b`, a tuned lens whose matrix has low rank.
final class LowRankAdapter: ExitAdapter {
  private let down: Parameters.Weight  // [rank, hidden]
  private let up: Parameters.Weight  // [hidden, rank]
  private let bias: Parameters.Weight  // [1, hidden]
  private let rank: Int
  private let inner, dInner, result: FloatBuffer
  private var input: MatrixView?

  init(
    _ parameters: Parameters, rank: Int, hidden: Int, rows: Int, name: (AffineWeight) -> String
  ) {
    down = parameters.weight(name(.down(rank: rank)))
    up = parameters.weight(name(.up(rank: rank)))
    bias = parameters.weight(name(.bias))
    self.rank = rank
    inner = FloatBuffer(rows * rank)
    dInner = FloatBuffer(rows * rank)
    result = FloatBuffer(rows * hidden)
  }

  func forward(_ x: MatrixView, _ work: BatchContext) -> MatrixView {
    input = x
    let y = result.matrix(x.rows, x.columns), inner = inner.matrix(x.rows, rank)
    y.fill(from: x, plus: bias.value)
    work.product(x, down.value, bTransposed: true, into: inner)
    work.product(inner, up.value, bTransposed: true, into: y, adding: true)
    return y
  }

  func backward(_ gradient: MatrixView, _ work: BatchContext) {
    guard let input else { preconditionFailure("backward without forward") }
    let x = input.last(gradient.rows)
    let inner = inner.matrix(input.rows, rank).last(x.rows), dInner = dInner.matrix(x.rows, rank)
    gradient.addRows(to: bias.gradient)
    work.product(gradient, aTransposed: true, inner, into: up.gradient, adding: true)
    work.product(gradient, up.value, into: dInner)
    work.product(dInner, aTransposed: true, x, into: down.gradient, adding: true)
    work.product(dInner, down.value, into: gradient, adding: true)
  }
}

/// The body `x + down(activation(gate(n)) * up(n))`, n = norm(x) (EE-Tuning, Pan et al., arXiv 2402.00518).
final class FeedForwardAdapter: ExitAdapter {
  private let norm: NormLayer
  private let gateUp: Parameters.Weight  // [2 intermediate, hidden]
  private let down: Parameters.Weight  // [hidden, intermediate]
  private let width: Int
  private let unit: GatedUnit
  private let normed, gates, activated, inverse, result: FloatBuffer
  private var input: MatrixView?

  init(
    _ parameters: Parameters, _ exit: ExitRecord, _ configuration: ModelConfiguration, rows: Int
  ) {
    norm = NormLayer(
      weight: parameters.weight(exit.name(of: .mlp(.feedForwardNorm))), configuration)
    gateUp = parameters.stacked([exit.name(of: .mlp(.gate)), exit.name(of: .mlp(.up))])
    down = parameters.weight(exit.name(of: .mlp(.down)))
    width = configuration.intermediateSize
    unit = GatedUnit(
      activation: configuration.block.activation, clamp: configuration.block.gateClamp)
    normed = FloatBuffer(rows * configuration.hiddenSize)
    gates = FloatBuffer(rows * 2 * width)
    activated = FloatBuffer(rows * width)
    inverse = FloatBuffer(rows)
    result = FloatBuffer(rows * configuration.hiddenSize)
  }

  func forward(_ x: MatrixView, _ work: BatchContext) -> MatrixView {
    input = x
    let normed = normed.matrix(x.rows, x.columns), gates = gates.matrix(x.rows, 2 * width)
    let activated = activated.matrix(x.rows, width), y = result.matrix(x.rows, x.columns)
    norm.forward(x, into: normed, inverse: inverse.matrix(x.rows, 1), work.workers)
    work.product(normed, gateUp.value, bTransposed: true, into: gates)
    unit.forward(gates, into: activated, work.workers)
    y.copy(from: x)
    work.product(activated, down.value, bTransposed: true, into: y, adding: true)
    return y
  }

  func backward(_ gradient: MatrixView, _ work: BatchContext) {
    guard let x = input else { preconditionFailure("backward without forward") }
    let activated = activated.matrix(x.rows, width), gates = gates.matrix(x.rows, 2 * width)
    let dActivated = work.wide.matrix(x.rows, width), dGates = work.gates.matrix(x.rows, 2 * width)
    let dNormed = work.normed.matrix(x.rows, x.columns)
    work.product(gradient, aTransposed: true, activated, into: down.gradient, adding: true)
    work.product(gradient, down.value, into: dActivated)
    unit.backward(gates, dout: dActivated, into: dGates, work.workers)
    work.product(
      dGates, aTransposed: true, normed.matrix(x.rows, x.columns), into: gateUp.gradient,
      adding: true)
    work.product(dGates, gateUp.value, into: dNormed)
    norm.backward(
      x, inverse: inverse.matrix(x.rows, 1), dy: dNormed, addingTo: gradient, scratch: work.sums,
      work.workers)
  }
}
