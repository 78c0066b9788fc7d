import CleaveModel
import CleaveRuntime

/// The whole model's answer to a prompt, and what every exit says in place of each of its tokens.
package struct JudgedAnswer: Sendable {
  package let promptLength: Int
  /// The index of the prompt's source.
  package let source: Int
  /// The whole model's tokens `[token]`.
  package internal(set) var truth: [Int] = []
  /// The exits' answers, `[token][exit]`.
  package internal(set) var answers: [[ExitAnswer]] = []
  /// For each token whether the cloud was asked for it and its states came back; nil where nothing does.
  package internal(set) var asked: [Bool]?

  /// Compares the answers with the whole model's tokens.
  func scores(_ exits: [ExitRecord]) -> PromptScores {
    PromptScores(
      exits: exits.enumerated().map { index, exit in
        zip(answers, truth).map { ExitScore($0[index], by: exit.signal, truth: $1) }
      }, promptLength: promptLength, source: source, asked: asked)
  }

  /// The answer as a trace keeps it.
  func text(_ exits: [ExitRecord]) -> ExitTrace.Text {
    ExitTrace.Text(
      promptLength: promptLength, truth: truth,
      said: exits.indices.map { exit in answers.map { $0[exit].token } },
      confidence: exits.enumerated().map { index, exit in
        answers.map { min(1, max(0, $0[index].confidence(exit.signal))) }
      }, asked: asked)
  }
}
