import CleaveStorage

/// The settings of maps that are found by least squares before training.
package struct FitSettings: Equatable, Sendable {
  /// About how many tokens of the texts to train on a map is fitted on; whole texts are taken.
  package var tokens = 65_536
  /// The share of the mean variance of the input's elements that is added to each.
  package var ridge = 1e-3
  /// About how many tokens a map is fitted on for each candidate of the search for the blocks to copy.
  package var searchTokens = 16_384
  /// About how many held-out answer tokens the candidates are compared on.
  package var searchHeldOutTokens = 2_048

  package init() {}

  /// The weight of each position of a text: the length of the text's median state over its own, at most 1. The state
  /// at position 0, where attention puts what it has no use for, can be a hundred times as long as others. Left out, a
  /// map would take it elsewhere, and the attention of the tail with it; counted in full, it would decide the map.
  ///
  /// - Parameter states: what the map reads, `[length, hidden]`.
  func weights(of states: MatrixView) -> [Double] {
    let squares = (0..<states.rows).map { row in
      (0..<states.columns).reduce(0.0) {
        let value = Double(states.base[row * states.stride + $1])
        return $0 + value * value
      }
    }
    guard !squares.isEmpty else { return [] }
    let median = squares.sorted()[squares.count / 2]
    return squares.map { $0 > median ? (median / $0).squareRoot() : 1 }
  }

  /// The settings that fitted weights depend on.
  var json: JSON {
    [
      "tokens": .integer(Int64(tokens)), "ridge": .real(ridge),
    ]
  }
}
