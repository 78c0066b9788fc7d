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
  /// Sets an affine map of an exit.
  ///
  /// - Parameter weight: the weight of the exit that a weight of the map is.
  func set(
    _ fit: AffineFit, of exit: ExitRecord, _ map: AffineMap, _ weight: (AffineWeight) -> ExitWeight
  ) {
    for (part, values) in zip(map.weights, fit.matrices + [fit.bias]) {
      set(exit.name(of: weight(part)), values)
    }
  }
}
