import CleaveModel

/// The exits that a model is to get: where they stand and what each consists of. `exits add` and `train`
/// are given it as `10,20`, `tail:3` and `--replace`.
package struct ExitPlacement: Equatable, Sendable {
  /// The number of blocks before each exit.
  package var depths: [Int]
  /// One body for all exits, or one for each depth in the same order.
  package var bodies: [ExitBody]
  /// Whether every exit after the first continues from the exit before, its tail taking the place of the
  /// model's blocks between the two. Otherwise every exit reads the model's hidden state.
  package var replacesBlocks: Bool
  /// Whether the first exit, which has a tail then, gets hidden states back from the cloud.
  package var hasFeedback = false

  package init(depths: [Int], bodies: [ExitBody] = [.norm], replacesBlocks: Bool = false) {
    self.depths = depths
    self.bodies = bodies
    self.replacesBlocks = replacesBlocks
  }

  /// Whether there is a body for every exit.
  var hasBodyForEachDepth: Bool { bodies.count == 1 || bodies.count == depths.count }

  package var hasTails: Bool { bodies.contains { $0.tailBlocks > 0 } }

  /// Whether a tail has an affine map before or after it.
  package var hasMaps: Bool {
    bodies.contains { $0.map != nil || $0.tailBlocks > 0 && $0.readout != nil }
  }

  /// Whether an exit without a tail has an affine body.
  package var hasAffineBodies: Bool {
    bodies.contains { if case .affine = $0 { true } else { false } }
  }

  /// The same exits in rising depth. The placement must have a body for each depth.
  var risingInDepth: ExitPlacement {
    let pairs = zip(depths, eachBody).sorted { $0.0 < $1.0 }
    var placement = self
    (placement.depths, placement.bodies) = (pairs.map(\.0), pairs.map(\.1))
    return placement
  }

  /// The records of these exits, untrained, in the order of `depths`. The placement must have a body for
  /// each depth.
  ///
  /// - Parameter threshold: the confidence from which every exit answers.
  package func records(threshold: Double) -> [ExitRecord] {
    zip(depths, eachBody).enumerated().map { index, exit in
      ExitRecord(
        depth: exit.0, reads: replacesBlocks && index > 0 ? .previous : .model, body: exit.1,
        threshold: threshold)
    }
  }

  /// The body of each exit, in the order of `depths`.
  private var eachBody: [ExitBody] {
    precondition(hasBodyForEachDepth, "\(bodies.count) bodies for \(depths.count) depths")
    return bodies.count == 1 ? depths.map { _ in bodies[0] } : bodies
  }
}
