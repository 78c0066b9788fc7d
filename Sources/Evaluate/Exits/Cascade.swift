/// Several exits one after another: the first that is sure enough answers.
package struct Cascade: Equatable, Sendable {
  package struct Part: Equatable, Sendable {
    /// Of all tokens, those answered.
    package let share: Estimate
    /// Of those answered, those that are the whole model's; nil for none.
    package let agreement: Estimate?
  }

  /// One for each exit; nil never answers.
  package let thresholds: [Double?]
  package let exits: [Part]
  /// Of all exits together.
  package let all: Part

  /// - Parameters:
  ///   - thresholds: one for each exit.
  ///   - prompts: at least one.
  package init(thresholds: [Double?], of prompts: [PromptScores]) {
    self.thresholds = thresholds
    // For each prompt, who answers each token and whether rightly; nil goes to the cloud.
    let answers = prompts.map { prompt in
      (0..<prompt.tokens).map { token -> (exit: Int, isRight: Bool)? in
        let exit = thresholds.indices.first { exit in
          thresholds[exit].map { Double(prompt.exits[exit][token].confidence) >= $0 } ?? false
        }
        return exit.map { ($0, prompt.exits[$0][token].isRight) }
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
