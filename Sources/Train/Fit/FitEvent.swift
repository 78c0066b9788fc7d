/// Progress of fitting maps and of choosing the blocks to copy.
package enum FitEvent: Sendable {
  /// The blocks to copy are compared: the tokens that were read, and in all.
  case read(done: Int, total: Int)
  /// The number of candidates judged, and in all.
  case judged(done: Int, total: Int)
  /// The blocks to copy were chosen.
  case chosen(TailChoice)
  /// Maps are fitted: the tokens that were read, and in all.
  case fit(done: Int, total: Int)
  /// All maps are fitted.
  case fitted([FittedMap])
}

/// The result of fitting a map of an exit.
package struct FittedMap: Equatable, Sendable {
  /// The depth of the exit.
  package var exit: Int
  /// Whether the exit's norm reads what the map makes: a readout, or an affine body.
  package var isReadout: Bool
  /// The depth of the model's hidden states that the map leads to.
  package var target: Int
  /// The number of positions that it was fitted on.
  package var positions: Int
  /// The share of the target's variance that it leaves unexplained.
  package var unexplained: Double
}
