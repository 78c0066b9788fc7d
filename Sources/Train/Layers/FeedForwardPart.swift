import CleaveModel

/// The feed-forward part of a block: a norm, and a gated network or a mixture of them.
final class FeedForwardPart {
  private let norm: NormLayer?
  private let network: any FeedForwardNetwork
  private let addition: PartAddition
  private let normed: FloatBuffer  // [rows, hidden]
  private let inverse: FloatBuffer  // [rows]

  /// - Parameter rows: the most rows of a batch.
  init(_ configuration: ModelConfiguration, rows: Int, _ parameters: BlockParameters) {
    norm = parameters.optional(.feedForwardNorm).map {
      NormLayer(weight: $0, epsilon: configuration.normEpsilon)
    }
    network =
      if let experts = configuration.block.experts {
        MixtureNetwork(configuration, experts, rows: rows, parameters)
      } else {
        GatedNetwork(
          configuration, width: configuration.intermediateSize, rows: rows, parameters)
      }
    addition = PartAddition(
      norm: parameters.optional(.postFeedForwardNorm), configuration, rows: rows)
    normed = FloatBuffer(rows * configuration.hiddenSize)
    inverse = FloatBuffer(rows)
  }

  /// Sets `y` to x and what the network adds to it.
  ///
  /// - Parameter x: `[rows, hidden]`; must stay unchanged until `backward`.
  func forward(_ x: MatrixView, into y: MatrixView, _ work: BatchContext) {
    let normed = normed.matrix(x.rows, x.columns)
    if let norm {
      norm.forward(x, into: normed, inverse: inverse.matrix(x.rows, 1), work.workers)
    } else {
      normed.copy(from: x)
    }
    addition.forward(x, into: y, work) { part, adding in
      network.forward(normed, into: part, adding: adding, work)
    }
  }

  /// Adds to the gradients of the parameters.
  ///
  /// - Parameters:
  ///   - x: as in the forward pass.
  ///   - gradient: that of the last rows of the result, `[last rows, hidden]`; becomes that of x.
  func backward(_ x: MatrixView, _ gradient: MatrixView, _ work: BatchContext) {
    let rows = gradient.rows
    let dNormed = work.normed.matrix(rows, x.columns)
    network.backward(
      normed.matrix(x.rows, x.columns), addition.backward(gradient, of: x.rows, work),
      into: dNormed, work)
    guard let norm else { return gradient.add(dNormed) }
    norm.backward(
      x.last(rows), inverse: inverse.matrix(x.rows, 1).last(rows), dy: dNormed,
      addingTo: gradient, scratch: work.sums, work.workers)
  }
}
