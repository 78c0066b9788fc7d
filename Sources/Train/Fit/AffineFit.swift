import CleaveModel

/// An affine map `x + W x + b` that least squares found.
package struct AffineFit {
  /// W `[hidden, hidden]`, or its factors down `[rank, hidden]` and up `[hidden, rank]`.
  package let matrices: [[Float]]
  package let bias: [Float]  // [hidden]
  /// The share of the target's variance that the map leaves unexplained, on the positions it was fitted on.
  package let unexplained: Double

  package init(matrices: [[Float]], bias: [Float], unexplained: Double) {
    self.matrices = matrices
    self.bias = bias
    self.unexplained = unexplained
  }
}

extension Parameters {
  /// Sets the affine body of an exit, or the map before its tail.
  func set(_ fit: AffineFit, of exit: ExitRecord) {
    let rank = exit.body.rank
    let weights: [ExitWeight] =
      rank.map { [.affineDown(rank: $0), .affineUp(rank: $0)] } ?? [.affine]
    for (weight, values) in zip(weights, fit.matrices) { set(exit.name(of: weight), values) }
    set(exit.name(of: .affineBias), fit.bias)
  }
}
