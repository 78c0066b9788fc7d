import CleaveExits

/// The statistics of all exits together, the first that is sure enough answering, along the whole model's answers.
package struct Cascade: Equatable, Sendable {
  /// The tokens that one exit answers, or all exits together.
  package struct Part: Equatable, Sendable {
    /// The share of all tokens that are answered.
    package let share: Estimate
    /// The share of answered tokens that are the whole model's; nil where none are answered.
    package let agreement: Estimate?
  }

  /// One threshold for each exit; nil switches it off.
  package let thresholds: [Double?]
  package let exits: [Part]
  /// The tokens that any exit answers.
  package let all: Part

  /// - Parameters:
  ///   - thresholds: one for each exit.
  ///   - prompts: at least one.
  package init(thresholds: [Double?], of prompts: [PromptScores]) {
    self.thresholds = thresholds
    let answers = prompts.map { prompt in
      prompt.answering(thresholds).enumerated().map { token, exit -> (exit: Int, isRight: Bool)? in
        exit.map { ($0, prompt.exits[$0][token].isRight) }
      }
    }
    func part(_ isCounted: (Int) -> Bool) -> Part {
      let counted = answers.map { prompt in prompt.compactMap { $0 }.filter { isCounted($0.exit) } }
      return Part(
        share: Estimate(overClusters: zip(counted, answers).map { ($0.count, $1.count) }),
        agreement: counted.allSatisfy(\.isEmpty)
          ? nil
          : Estimate(overClusters: counted.map { ($0.count(where: \.isRight), $0.count) }))
    }
    exits = thresholds.indices.map { exit in part { $0 == exit } }
    all = part { _ in true }
  }
}

extension PromptScores {
  /// For each token the exit that answers, the first that is sure enough; nil where the cloud is asked.
  ///
  /// - Parameter thresholds: one for each exit; nil switches it off.
  func answering(_ thresholds: [Double?]) -> [Int?] {
    let policy = ExitPolicy(switchingOffNil: thresholds, mode: .collaborative)
    return (0..<tokens).map { token in policy.firstSure { exits[$0][token].confidence } }
  }
}
