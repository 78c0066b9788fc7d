import CleaveModel
import CleaveRuntime

/// What one exit said in the place of one token, beside what the whole model says there.
public struct ExitScore: Equatable, Sendable {
  /// Whether it is the whole model's token.
  public let isRight: Bool
  /// What thresholds are compared with, by the exit's own signal.
  public let confidence: Float
  /// The largest probability after the exit's temperature: the chance to be right that it claims.
  public let maxProbability: Float
  /// The same at temperature 1.
  public let plainMaxProbability: Float

  public init(
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
public struct PromptScores: Equatable, Sendable {
  /// For each exit, one for each token.
  public let exits: [[ExitScore]]

  /// - Parameter exits: of equal counts.
  public init(exits: [[ExitScore]]) {
    precondition(exits.allSatisfy { $0.count == exits[0].count })
    self.exits = exits
  }

  public var tokens: Int { exits.first?.count ?? 0 }
}
