import CleaveModel

/// One transformer block with a backward pass. It computes what the runtime's `BlockStack` computes, in float32
/// on whole texts. The activations that the backward pass needs stay in the block.
final class TrainableBlock {
  private let configuration: ModelConfiguration
  private let attentionNorm: NormLayer
  private let queryKeyValue: Parameters.Weight  // [query + 2 kv, hidden]
  private let output: Parameters.Weight  // [hidden, query]
  private let feedForwardNorm: NormLayer
  private let gateUp: Parameters.Weight  // [2 intermediate, hidden]
  private let down: Parameters.Weight  // [hidden, intermediate]

  // Activations of the last forward pass, a row for each row of the batch.
  private let normed, attended, between, feedNormed: FloatBuffer  // [rows, hidden or query]
  private let projected: FloatBuffer  // [rows, query + 2 kv]
  private let gates: FloatBuffer  // [rows, 2 intermediate]
  private let activated: FloatBuffer  // [rows, intermediate]
  private let logSums: FloatBuffer  // [rows, heads]
  private let attentionInverse, feedInverse: FloatBuffer  // [rows]
  /// The output of the block, `[rows, hidden]`.
  private let result: FloatBuffer
  private var input: MatrixView?

  /// - Parameters:
  ///   - rows: the most rows of a batch.
  ///   - name: the parameter that is a weight of this block.
  init(
    _ configuration: ModelConfiguration, _ parameters: Parameters, rows: Int,
    name: (BlockWeight) -> String
  ) {
    self.configuration = configuration
    let epsilon = configuration.normEpsilon
    attentionNorm = NormLayer(weight: parameters.weight(name(.attentionNorm)), epsilon: epsilon)
    queryKeyValue = parameters.stacked([name(.query), name(.key), name(.value)])
    output = parameters.weight(name(.output))
    feedForwardNorm = NormLayer(weight: parameters.weight(name(.feedForwardNorm)), epsilon: epsilon)
    gateUp = parameters.stacked([name(.gate), name(.up)])
    down = parameters.weight(name(.down))

    let hidden = configuration.hiddenSize
    func buffer(_ columns: Int) -> FloatBuffer { FloatBuffer(rows * columns) }
    normed = buffer(hidden)
    attended = buffer(configuration.querySize)
    between = buffer(hidden)
    feedNormed = buffer(hidden)
    projected = buffer(configuration.querySize + 2 * configuration.kvSize)
    gates = buffer(2 * configuration.intermediateSize)
    activated = buffer(configuration.intermediateSize)
    logSums = buffer(configuration.headCount)
    attentionInverse = buffer(1)
    feedInverse = buffer(1)
    result = buffer(hidden)
  }

  private var projectedSize: Int { configuration.querySize + 2 * configuration.kvSize }

  /// - Parameter x: `[rows, hidden]`; must stay unchanged until `backward`.
  /// - Returns: `[rows, hidden]`, valid until the next forward pass.
  func forward(_ x: MatrixView, _ work: BatchContext) -> MatrixView {
    input = x
    let (rows, hidden) = (x.rows, configuration.hiddenSize)
    let heads = configuration.headCount
    let normed = normed.matrix(rows, hidden), between = between.matrix(rows, hidden)
    let projected = projected.matrix(rows, projectedSize)
    attentionNorm.forward(x, into: normed, inverse: attentionInverse.matrix(rows, 1), work.workers)
    work.product(normed, queryKeyValue.value, bTransposed: true, into: projected)
    work.rotation.apply(
      projected, heads: heads + configuration.kvHeadCount, work.layout, work.workers)
    let attended = attended.matrix(rows, configuration.querySize)
    work.attention.forward(
      projected, work.layout, into: attended, logSums: logSums.matrix(rows, heads), work.workers)
    between.copy(from: x)
    work.product(attended, output.value, bTransposed: true, into: between, adding: true)

    let feedNormed = feedNormed.matrix(rows, hidden)
    let gates = gates.matrix(rows, 2 * configuration.intermediateSize)
    let activated = activated.matrix(rows, configuration.intermediateSize)
    let result = result.matrix(rows, hidden)
    feedForwardNorm.forward(
      between, into: feedNormed, inverse: feedInverse.matrix(rows, 1), work.workers)
    work.product(feedNormed, gateUp.value, bTransposed: true, into: gates)
    GatedUnit.forward(gates, into: activated, work.workers)
    result.copy(from: between)
    work.product(activated, down.value, bTransposed: true, into: result, adding: true)
    return result
  }

  /// Adds to the gradients of the parameters.
  ///
  /// - Parameter gradient: the gradient of the last rows of the result, `[last rows, hidden]`; becomes that of the
  ///   input. The rows before have none, and what the last ones read of them is taken as given.
  func backward(_ gradient: MatrixView, _ work: BatchContext) {
    guard let x = input else { preconditionFailure("backward without forward") }
    feedForwardBackward(gradient, forwardRows: x.rows, work)
    attentionBackward(x, gradient, work)
  }

  private func feedForwardBackward(
    _ gradient: MatrixView, forwardRows: Int, _ work: BatchContext
  ) {
    let (rows, hidden, wide) = (
      gradient.rows, configuration.hiddenSize, configuration.intermediateSize
    )
    func last(_ buffer: FloatBuffer, _ columns: Int) -> MatrixView {
      buffer.matrix(forwardRows, columns).last(rows)
    }
    let gates = last(gates, 2 * wide), activated = last(activated, wide)
    let dActivated = work.wide.matrix(rows, wide), dGates = work.gates.matrix(rows, 2 * wide)
    let dNormed = work.normed.matrix(rows, hidden)
    work.product(gradient, aTransposed: true, activated, into: down.gradient, adding: true)
    work.product(gradient, down.value, into: dActivated)
    GatedUnit.backward(gates, dout: dActivated, into: dGates, work.workers)
    work.product(
      dGates, aTransposed: true, last(feedNormed, hidden), into: gateUp.gradient,
      adding: true)
    work.product(dGates, gateUp.value, into: dNormed)
    feedForwardNorm.backward(
      last(between, hidden), inverse: last(feedInverse, 1), dy: dNormed,
      addingTo: gradient, scratch: work.sums, work.workers)
  }

  private func attentionBackward(_ x: MatrixView, _ gradient: MatrixView, _ work: BatchContext) {
    let (rows, hidden, heads) = (gradient.rows, configuration.hiddenSize, configuration.headCount)
    let attended = attended.matrix(x.rows, configuration.querySize)
    let projected = projected.matrix(x.rows, projectedSize)
    let dAttended = work.query.matrix(rows, configuration.querySize)
    let dProjected = work.projected.matrix(rows, projected.columns)
    work.product(
      gradient, aTransposed: true, attended.last(rows), into: output.gradient, adding: true)
    work.product(gradient, output.value, into: dAttended)
    work.attention.backward(
      projected, work.layout, out: attended, logSums: logSums.matrix(x.rows, heads),
      dout: dAttended,
      dots: work.dots.matrix(rows, heads), into: dProjected, work.workers)
    work.rotation.apply(
      dProjected, heads: heads + configuration.kvHeadCount, work.layout.last(rows), backward: true,
      work.workers)
    let dNormed = work.normed.matrix(rows, hidden)
    work.product(
      dProjected, aTransposed: true, normed.matrix(x.rows, hidden).last(rows),
      into: queryKeyValue.gradient, adding: true)
    work.product(dProjected, queryKeyValue.value, into: dNormed)
    attentionNorm.backward(
      x.last(rows), inverse: attentionInverse.matrix(x.rows, 1).last(rows), dy: dNormed,
      addingTo: gradient, scratch: work.sums, work.workers)
  }
}
