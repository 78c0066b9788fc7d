import CleaveModel
import Testing

/// The shapes of exits that hidden states come back for.
package struct FeedbackShape: Equatable, Sendable, CustomTestStringConvertible {
  package let depths: [Int]
  package let bodies: [ExitBody]
  package let replace: Bool
  /// The index of the exit with feedback.
  package let exit: Int
  package let feedback: ExitFeedback

  package var testDescription: String { "\(bodies) at \(depths), \(feedback)" }

  /// A chain of two tails, both with a map, the first of which gets states back.
  package static let chain = FeedbackShape(
    depths: [2, 4],
    bodies: [.tail(blocks: 1, map: AffineMap()), .tail(blocks: 2, map: AffineMap(rank: 4))],
    replace: true, exit: 0, feedback: ExitFeedback(depth: 4))

  /// A tail without a map that goes on from the model's own blocks, behind an exit that gets nothing back.
  package static let deeper = FeedbackShape(
    depths: [2, 4], bodies: [.norm, .tail(blocks: 1)], replace: false, exit: 1,
    feedback: ExitFeedback(depth: 5, format: .float16))

  /// A tail from the first exit on, beside which the model's blocks go on to an exit without feedback.
  package static let beside = FeedbackShape(
    depths: [1, 3], bodies: [.tail(blocks: 1, map: AffineMap()), .affine(rank: 3)], replace: false,
    exit: 0, feedback: ExitFeedback(depth: 6, format: .float32))

  package static let all = [chain, deeper, beside]
}

extension TinyModel {
  /// The checkpoint with random exits, one of which gets states back.
  package func withFeedback(
    _ shape: FeedbackShape, threshold: Double = 0.9, into scratch: Scratch
  ) throws -> Artifact {
    let exits = try withExits(shape.depths, threshold: threshold, into: scratch) {
      $0.placement.bodies = shape.bodies
      $0.placement.replacesBlocks = shape.replace
    }
    return try RandomExits(exits, into: scratch) {
      $0[shape.exit].feedback = shape.feedback
    }.artifact
  }
}
