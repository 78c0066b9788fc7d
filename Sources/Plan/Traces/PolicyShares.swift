import CleaveEvaluate
import CleaveExits

/// What thresholds do along recorded answers: how often the cloud is asked, and how often an exit answers wrongly.
struct PolicyShares: Sendable {
  let asked: Double
  /// The share of all tokens that differ from the whole model's, clustered by text.
  let wrong: Estimate

  /// - Parameters:
  ///   - thresholds: one for each exit that is used, from the first on; nil switches it off.
  ///   - scores: of at least one text.
  init(_ thresholds: [Double?], mode: ExitPolicy.Mode, _ scores: [PromptScores]) {
    let policy = ExitPolicy(switchingOffNil: thresholds, mode: mode)
    var asked = 0
    wrong = Estimate(
      overClusters: scores.map { text in
        var wrong = 0
        for token in 0..<text.tokens {
          let exit = policy.firstSure { text.exits[$0][token].confidence }
          asked += exit == nil ? 1 : 0
          wrong += exit.map { text.exits[$0][token].isRight ? 0 : 1 } ?? 0
        }
        return (wrong, text.tokens)
      })
    self.asked = Double(asked) / Double(max(1, scores.reduce(0) { $0 + $1.tokens }))
  }
}
