import CleaveModel

/// The feed-forward part of a block: a norm, and a network or a mixture of them.
final class FeedForwardPart {
  private let norm: NormLayer?
  private let network: any FeedForwardNetwork
  private let addition: PartAddition
  private let normed: FloatBuffer  // [rows, hidden]
  private let inverse: FloatBuffer  // [rows]

  /// - Parameter rows: the most rows of a batch.
  init(_ configuration: ModelConfiguration, rows: Int, _ parameters: BlockParameters) {
    norm =
      configuration.block.parallel == .sharedNorm
      ? parameters.norm(.attentionNorm, bias: .attentionNormBias, configuration)
      : parameters.norm(.feedForwardNorm, bias: .feedForwardNormBias, configuration)
    network =
      if let experts = configuration.block.experts {
        MixtureNetwork(configuration, experts, rows: rows, parameters)
      } else {
        DenseNetwork(
          configuration, width: configuration.intermediateSize, rows: rows, parameters)
      }
    addition = PartAddition(
      norm: parameters.optional(.postFeedForwardNorm), configuration, rows: rows)
    normed = FloatBuffer(rows * configuration.hiddenSize)
    inverse = FloatBuffer(rows)
  }

  /// Sets `y` to the residual and what the network adds to it for x.
  ///
  /// - Parameters:
  ///   - x: `[rows, hidden]`; must stay unchanged until `backward`.
  ///   - residual: x, or what attention beside the network has added to it.
  func forward(
    _ x: MatrixView, addedTo residual: MatrixView, into y: MatrixView, _ work: BatchContext
  ) {
    let normed = normed.matrix(x.rows, x.columns)
    if let norm {
      norm.forward(x, into: normed, inverse: inverse.matrix(x.rows, 1), work.workers)
    } else {
      normed.copy(from: x)
    }
    addition.forward(residual, into: y, work) { part, adding in
      network.forward(normed, into: part, adding: adding, work)
    }
  }

  /// Adds to the gradients of the parameters.
  ///
  /// - Parameters:
  ///   - x: as in the forward pass.
  ///   - gradient: that of the last rows of the result, `[last rows, hidden]`.
  ///   - dx: what the part adds to that of x is added to it; may be `gradient`.
  func backward(
    _ x: MatrixView, _ gradient: MatrixView, addingTo dx: MatrixView, _ work: BatchContext
  ) {
    let rows = gradient.rows
    let dNormed = work.normed.matrix(rows, x.columns)
    network.backward(
      normed.matrix(x.rows, x.columns), addition.backward(gradient, of: x.rows, work),
      into: dNormed, work)
    guard let norm else { return dx.add(dNormed) }
    norm.backward(
      x.last(rows), inverse: inverse.matrix(x.rows, 1).last(rows), dy: dNormed,
      addingTo: dx, scratch: work.sums, work.workers)
  }
}
