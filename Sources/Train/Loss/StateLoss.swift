import CleaveKernels
import CleaveModel
import CleaveStorage

/// The smooth L1 loss between what an exit's norm gives and what the model's final norm makes of the model's own last
/// hidden state, as in EAGLE (Li et al., arXiv 2401.15077). specs/exits.md has the formula.
package final class StateLoss {
  private let weight: Float
  private let norm: NormLayer
  private let workers: Workers
  private let gathered, targets: FloatBuffer  // [rows, hidden]
  private let inverse: FloatBuffer  // [rows]
  private let hidden: Int
  private var current: MatrixView  // [rows with a loss, hidden]

  /// - Parameters:
  ///   - weight: of the loss, beside that of the tokens.
  ///   - rows: the most rows of a batch.
  /// - Throws: `InputError` where the model lacks its final norm.
  package init(_ artifact: Artifact, weight: Double, rows: Int, workers: Workers) throws {
    let configuration = artifact.manifest.configuration
    self.weight = Float(weight)
    self.workers = workers
    hidden = configuration.hiddenSize
    norm = try NormLayer(finalNormOf: artifact)
    gathered = FloatBuffer(rows * hidden)
    targets = FloatBuffer(rows * hidden)
    inverse = FloatBuffer(rows)
    current = targets.matrix(0, hidden)
  }

  /// Sets the states that the next calls compare with.
  ///
  /// - Parameters:
  ///   - states: the model's last hidden states, `[batch rows, hidden]`.
  ///   - rows: the rows of the batch that have a loss.
  package func begin(_ states: MatrixView, rows: [Int]) {
    let last = gathered.matrix(rows.count, hidden)
    last.gather(rows, from: states)
    current = targets.matrix(rows.count, hidden)
    norm.forward(last, into: current, inverse: inverse.matrix(rows.count, 1), workers)
  }

  /// Adds the gradient of the loss of each row.
  ///
  /// - Parameters:
  ///   - normed: what the exit's norm gives, `[rows with a loss, hidden]`.
  ///   - weights: of the rows.
  ///   - scale: a factor of the gradient.
  ///   - gradient: that of `normed`, `[rows with a loss, hidden]`, which is added to.
  /// - Returns: the loss of each row, unweighted.
  package func callAsFunction(
    _ normed: MatrixView, weights: [Float], scale: Float, addingTo gradient: MatrixView
  ) -> [Float] {
    let target = current
    precondition(normed.rows == target.rows && gradient.rows == target.rows)
    precondition(weights.count == target.rows && normed.columns == hidden)
    var losses = [Float](repeating: 0, count: target.rows)
    losses.withUnsafeMutableBufferPointer { losses in
      // Each thread writes the losses of its own rows.
      nonisolated(unsafe) let losses = losses
      workers.forEachRange(target.rows, atLeast: 64) { [weight, hidden] range, _ in
        for row in range {
          losses[row] = ck_smooth_l1(
            normed.base + row * normed.stride, target.base + row * target.stride, hidden,
            weight * weights[row] * scale, gradient.base + row * gradient.stride)
        }
      }
    }
    return losses
  }
}

extension NormLayer {
  /// The norm before the model's unembedding.
  fileprivate init(finalNormOf artifact: Artifact) throws {
    let configuration = artifact.manifest.configuration
    let tensors = try artifact.tensors(in: ArtifactLayout.head)
    let names = [WeightName.finalNorm] + (configuration.block.normBias ? [.finalNormBias] : [])
    let parameters = Parameters(names.map { ($0.text, [configuration.hiddenSize]) })
    for name in names {
      parameters.set(
        name.text, try tensors.required(name.text, in: ArtifactLayout.head).floats())
    }
    self.init(
      weight: parameters.weight(WeightName.finalNorm.text),
      bias: configuration.block.normBias
        ? parameters.weight(WeightName.finalNormBias.text) : nil, configuration)
  }
}
