import CleaveModel
import CleaveRuntime

/// What one exit said in the place of one token, beside what the whole model says there.
package struct ExitScore: Equatable, Sendable {
  /// Whether it is the whole model's token.
  package let isRight: Bool
  /// What thresholds are compared with, by the exit's own signal.
  package let confidence: Float
  /// The largest probability after the exit's temperature: the chance to be right that it claims.
  package let maxProbability: Float
  /// The same at temperature 1.
  package let plainMaxProbability: Float

  package init(
    isRight: Bool, confidence: Float, maxProbability: Float? = nil,
    plainMaxProbability: Float? = nil
  ) {
    self.isRight = isRight
    self.confidence = confidence
    self.maxProbability = maxProbability ?? confidence
    self.plainMaxProbability = plainMaxProbability ?? self.maxProbability
  }

  init(_ answer: ExitAnswer, by signal: ExitRecord.Signal, truth: Int) {
    self.init(
      isRight: answer.token == truth, confidence: answer.confidence(signal),
      maxProbability: answer.maxProbability, plainMaxProbability: answer.plainMaxProbability)
  }
}

/// The scores of one prompt's continuation. Its tokens are no independent draws: it is what standard errors
/// count.
package struct PromptScores: Equatable, Sendable {
  /// For each exit, one for each token.
  package let exits: [[ExitScore]]

  /// - Parameter exits: of equal counts.
  package init(exits: [[ExitScore]]) {
    precondition(exits.allSatisfy { $0.count == exits[0].count })
    self.exits = exits
  }

  package var tokens: Int { exits.first?.count ?? 0 }
}
