import CleaveModel

/// One transformer block with a backward pass. It computes what the runtime's `BlockStack` computes, in float32
/// on whole texts. The activations that the backward pass needs stay in the block.
final class TrainableBlock {
  private let attention: AttentionPart
  private let feedForward: FeedForwardPart
  private let between: FloatBuffer  // [rows, hidden], after attention
  private let result: FloatBuffer  // [rows, hidden]
  /// The gradient of the result, where both parts read what was there before the block; empty otherwise.
  private let dResult: FloatBuffer  // [rows, hidden]
  private let isParallel: Bool
  private var input: MatrixView?

  /// - Parameters:
  ///   - kind: of the block's attention.
  ///   - rows: the most rows of a batch.
  ///   - name: the parameter that is a weight of this block.
  init(
    _ configuration: ModelConfiguration, _ kind: AttentionKind, _ parameters: Parameters, rows: Int,
    name: @escaping (BlockWeight) -> String
  ) {
    let parameters = BlockParameters(parameters, configuration.block, name: name)
    attention = AttentionPart(configuration, kind, rows: rows, parameters)
    feedForward = FeedForwardPart(configuration, rows: rows, parameters)
    between = FloatBuffer(rows * configuration.hiddenSize)
    result = FloatBuffer(rows * configuration.hiddenSize)
    isParallel = configuration.block.parallel != nil
    dResult = FloatBuffer(isParallel ? rows * configuration.hiddenSize : 0)
  }

  /// - Parameter x: `[rows, hidden]`; must stay unchanged until `backward`.
  /// - Returns: `[rows, hidden]`, valid until the next forward pass.
  func forward(_ x: MatrixView, _ work: BatchContext) -> MatrixView {
    input = x
    let between = between.matrix(x.rows, x.columns), result = result.matrix(x.rows, x.columns)
    attention.forward(x, into: between, work)
    feedForward.forward(isParallel ? x : between, addedTo: between, into: result, work)
    return result
  }

  /// Adds to the gradients of the parameters.
  ///
  /// - Parameter gradient: the gradient of the last rows of the result, `[last rows, hidden]`; becomes that of the
  ///   input. The rows before have none, and what the last ones read of them is taken as given.
  func backward(_ gradient: MatrixView, _ work: BatchContext) {
    guard let x = input else { preconditionFailure("backward without forward") }
    guard isParallel else {
      feedForward.backward(
        between.matrix(x.rows, x.columns), gradient, addingTo: gradient, work)
      return attention.backward(x, gradient, addingTo: gradient, work)
    }
    let dResult = dResult.matrix(gradient.rows, gradient.columns)
    dResult.copy(from: gradient)
    feedForward.backward(x, dResult, addingTo: gradient, work)
    attention.backward(x, dResult, addingTo: gradient, work)
  }
}
