/// The largest share of tokens that an exit can answer while its answers agree with the whole model as often as a
/// target asks.
package struct Coverage: Equatable, Sendable {
  /// The agreement asked for.
  package let target: Double
  /// The confidence from which the exit answers; nil when it must not answer at all.
  package let threshold: Double?
  /// The share of all tokens that are answered.
  package let share: Estimate
  /// The share of answered tokens that are the whole model's; nil where none are answered.
  package let agreement: Estimate?

  /// Takes tokens by falling confidence as long as at least `target` of them are right. Tokens of equal confidence
  /// count together or not at all, because no threshold tells them apart.
  ///
  /// - Parameter prompts: the scores of one exit by prompt, at least one. The standard errors are those at
  ///   the threshold found, as if it had been given.
  package init(target: Double, of prompts: [[ExitScore]]) {
    self.target = target
    let threshold = Self.threshold(target, prompts.flatMap { $0 })
    self.threshold = threshold
    func answered(_ prompt: [ExitScore]) -> [ExitScore] {
      prompt.filter { score in threshold.map { Double(score.confidence) >= $0 } ?? false }
    }
    share = Estimate(overClusters: prompts.map { (answered($0).count, $0.count) })
    agreement =
      threshold == nil
      ? nil
      : Estimate(
        overClusters: prompts.map {
          let answered = answered($0)
          return (answered.count(where: \.isRight), answered.count)
        })
  }

  private static func threshold(_ target: Double, _ scores: [ExitScore]) -> Double? {
    let sorted = scores.sorted { $0.confidence > $1.confidence }
    var (right, threshold): (Int, Double?) = (0, nil)
    for (index, score) in sorted.enumerated() {
      if score.isRight { right += 1 }
      let isLastOfEquals =
        index + 1 == sorted.count || sorted[index + 1].confidence < score.confidence
      if isLastOfEquals, Double(right) >= target * Double(index + 1) {
        threshold = Double(score.confidence)
      }
    }
    return threshold
  }
}
