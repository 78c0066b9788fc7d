import CleaveModel
import CleaveRuntime

/// The answer of one exit at one position, compared with the whole model's token.
package struct ExitScore: Equatable, Sendable {
  /// Whether the exit's token is the whole model's.
  package let isRight: Bool
  /// The confidence by the exit's own signal, which thresholds are compared with.
  package let confidence: Float
  /// The largest probability after the exit's temperature, which calibration error is measured of.
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

/// The scores of one prompt's answer. Standard errors count prompts, because the tokens of one answer are not
/// independent.
package struct PromptScores: Equatable, Sendable {
  /// The scores `[exit][token]`.
  package let exits: [[ExitScore]]
  /// The number of tokens before the answer.
  package let promptLength: Int
  /// The index of the prompt's source.
  package let source: Int
  /// For each token whether the cloud was asked for it and its states came back; nil where nothing does.
  package let asked: [Bool]?

  /// - Parameters:
  ///   - exits: the scores `[exit][token]`, as many tokens for each exit.
  ///   - asked: as many; nil where nothing comes back.
  package init(
    exits: [[ExitScore]], promptLength: Int = 1, source: Int = 0, asked: [Bool]? = nil
  ) {
    precondition(exits.allSatisfy { $0.count == exits[0].count })
    self.asked = asked
    self.exits = exits
    self.promptLength = promptLength
    self.source = source
  }

  package var tokens: Int { exits.first?.count ?? 0 }
}
