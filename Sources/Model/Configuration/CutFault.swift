/// Why a model can have neither an exit nor a cut after some of its blocks.
package struct CutFault: Equatable, Sendable {
  package let found: String
  package let expected: String
  /// What would be wrong with such a cut, in words.
  package let reason: String

  /// What was expected, and why.
  package var refusal: String { "\(expected): \(reason)" }
}

extension ModelConfiguration {
  /// The fault of an exit or a cut after so many blocks; nil where there is none.
  package func cutFault(at depth: Int) -> CutFault? {
    if depth < 1 {
      return CutFault(
        found: "depth \(depth)", expected: "at least 1, a block before the exit",
        reason: "no block is left for the edge")
    }
    if depth >= blockCount {
      return CutFault(
        found: "depth \(depth)", expected: "less than the model's \(blockCount) blocks",
        reason: "no block is left for the cloud")
    }
    return nil
  }
}
