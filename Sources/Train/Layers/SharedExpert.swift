import CleaveKernels
import CleaveModel
import Glibc

/// The expert that every row goes through, times the sigmoid of its gate, as the runtime's `SharedExpert` computes it.
final class SharedExpert {
  private let router: Parameters.Weight  // [1, hidden]
  private let network: DenseNetwork
  private let scores, dScores: FloatBuffer  // [rows]
  private let output, gradient: FloatBuffer  // [rows, hidden]
  private var weights: [Float] = []

  /// - Parameter rows: the most rows of a batch.
  init(
    _ configuration: ModelConfiguration, width: Int, rows: Int, _ parameters: BlockParameters
  ) {
    router = parameters[.sharedRouter]
    network = DenseNetwork(
      configuration, width: width, rows: rows, parameters, (.sharedGate, .sharedUp, .sharedDown))
    scores = FloatBuffer(rows)
    dScores = FloatBuffer(rows)
    output = FloatBuffer(rows * configuration.hiddenSize)
    gradient = FloatBuffer(rows * configuration.hiddenSize)
  }

  func forward(_ x: MatrixView, addingTo y: MatrixView, _ work: BatchContext) {
    let scores = scores.matrix(x.rows, 1), output = output.matrix(x.rows, x.columns)
    work.product(x, router.value, bTransposed: true, into: scores)
    weights = (0..<x.rows).map { 1 / (1 + exp(-scores.base[$0 * scores.stride])) }
    network.forward(x, into: output, adding: false, work)
    output.scatterAdd(Array(0..<x.rows), times: weights, to: y)
  }

  /// - Parameters:
  ///   - dy: the gradient of the last rows of the result, `[last rows, hidden]`.
  ///   - dx: that of the last rows of x is added to it.
  func backward(
    _ x: MatrixView, _ dy: MatrixView, addingTo dx: MatrixView, _ work: BatchContext
  ) {
    let rows = dy.rows, weights = Array(weights.suffix(rows))
    let own = output.matrix(x.rows, x.columns).last(rows)
    let dScores = dScores.matrix(rows, 1)
    precondition(own.isDense && dy.isDense)
    ck_row_dots(own.base, dy.base, rows, x.columns, x.columns, dScores.base, dScores.stride)
    for (row, weight) in weights.enumerated() {
      dScores.base[row * dScores.stride] *= weight * (1 - weight)
    }
    work.product(dScores, aTransposed: true, x.last(rows), into: router.gradient, adding: true)
    work.product(dScores, router.value, into: dx, adding: true)
    // What the network has given is no longer needed: the gradient that reaches it takes its place.
    let dOwn = own, dInput = gradient.matrix(rows, x.columns)
    dOwn.clear()
    dy.scatterAdd(Array(0..<rows), times: weights, to: dOwn)
    network.backward(x, dOwn, into: dInput, work)
    dx.add(dInput)
  }
}
