/// The chances that drafts are what the cloud will answer, learnt in one session: how many were right lately, for each
/// range of the exit's confidence. Before there is experience the confidence itself stands for it.
package struct DraftChances {
  private struct Experience {
    var right = 0.0
    var all = 0.0
  }

  /// Ranges of the confidence, of equal width.
  private static let ranges = 8
  /// The weight of the confidence, in drafts.
  private static let prior = 2.0
  /// The weight of a draft when the next one of its range is known.
  private static let decay = 0.95

  private var experiences = [Experience](repeating: Experience(), count: ranges)

  package init() {}

  /// A confidence in 0 ... 1; 0 for what is no number.
  private func bounded(_ confidence: Float) -> Float { confidence > 0 ? min(1, confidence) : 0 }

  private func range(of confidence: Float) -> Int {
    min(Self.ranges - 1, Int(bounded(confidence) * Float(Self.ranges)))
  }

  /// Estimates the chance that a draft is right, in 0 ... 1.
  package func chance(confidence: Float) -> Double {
    let experience = experiences[range(of: confidence)]
    return (experience.right + Self.prior * Double(bounded(confidence)))
      / (experience.all + Self.prior)
  }

  /// Takes what became of a draft.
  package mutating func note(confidence: Float, isRight: Bool) {
    let index = range(of: confidence)
    experiences[index].right = Self.decay * experiences[index].right + (isRight ? 1 : 0)
    experiences[index].all = Self.decay * experiences[index].all + 1
  }
}
