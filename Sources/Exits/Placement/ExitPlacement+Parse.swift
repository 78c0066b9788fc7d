import CleaveModel

extension ExitPlacement {
  /// Reads a placement as it is written on a command line.
  ///
  /// - Parameters:
  ///   - depths: numbers of blocks with commas, as in `10,20`.
  ///   - bodies: one body for all exits, or one for each with commas, as in `tail:4,affine:64`.
  ///   - feedback: whether the first exit gets hidden states back from the cloud.
  /// - Throws: `ExitPlacementError` for text of another form, for bodies that are neither one nor one for each
  ///   depth, and for feedback without a tail.
  package init(
    depths: String, bodies: String, replacesBlocks: Bool, feedback: Bool = false
  ) throws(ExitPlacementError) {
    self.init(
      depths: try Self.depths(depths), bodies: try Self.bodies(bodies),
      replacesBlocks: replacesBlocks)
    guard hasBodyForEachDepth else {
      throw ExitPlacementError(
        option: "--body", found: bodies, expected: "one body, or one for each of \(depths)")
    }
    hasFeedback = feedback
    if feedback, let first = risingInDepth.bodies.first, first.tailBlocks == 0 {
      throw ExitPlacementError(
        option: "--feedback", found: "with the body \(first) in the first exit",
        expected: "a tail there, which reads the states that come back")
    }
  }

  private static func depths(_ text: String) throws(ExitPlacementError) -> [Int] {
    var depths: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let depth = Int(part) else {
        throw ExitPlacementError(
          option: "--at", found: text, expected: "depths with commas, as in 10,20")
      }
      depths.append(depth)
    }
    return depths
  }

  private static func bodies(_ text: String) throws(ExitPlacementError) -> [ExitBody] {
    var bodies: [ExitBody] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let body = ExitBody(text: String(part)) else {
        throw ExitPlacementError(option: "--body", found: String(part), expected: ExitBody.forms)
      }
      bodies.append(body)
    }
    return bodies
  }
}

/// An option that says where exits stand or what they consist of, and that cannot be read.
package struct ExitPlacementError: Error, Equatable, CustomStringConvertible {
  package let option: String
  package let found: String
  package let expected: String

  package var description: String { "\(option) \(found): expected \(expected)" }
}
