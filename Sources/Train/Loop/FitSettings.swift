import CleaveStorage

/// The settings of maps that are found by least squares before training.
package struct FitSettings: Equatable, Sendable {
  /// About how many tokens of the texts to train on a map is fitted on; whole texts are taken.
  package var tokens = 65_536
  /// The share of the mean variance of the input's elements that is added to each.
  package var ridge = 1e-3
  /// The positions at the beginning of each sequence that are left out: attention puts what it has no use for
  /// there, and their states are many times as large as others.
  package var skipped = 2
  /// The weight of positions inside a prompt; positions of the answer have weight 1. A map that long prompts decide
  /// serves answers badly.
  package var promptWeight = 0.1
  /// About how many tokens a map is fitted on for each candidate of the search for the blocks to copy.
  package var searchTokens = 16_384
  /// About how many held-out answer tokens the candidates are compared on.
  package var searchHeldOutTokens = 2_048

  package init() {}

  /// The weight of each position of a text.
  func weights(length: Int, promptLength: Int) -> [Double] {
    (0..<length).map { $0 < skipped ? 0 : $0 >= promptLength - 1 ? 1 : promptWeight }
  }

  /// The settings that fitted weights depend on.
  var json: JSON {
    [
      "tokens": .integer(Int64(tokens)), "ridge": .real(ridge), "skipped": .integer(Int64(skipped)),
      "prompt_weight": .real(promptWeight),
    ]
  }
}
