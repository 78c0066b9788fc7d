/// Consecutive tokens of a text, read together and without what went before them.
package struct EvaluationWindow: Equatable, Sendable {
  /// Counted from 0 in the text.
  package let index: Int
  package let tokens: [Int]

  package init(index: Int, tokens: [Int]) {
    self.index = index
    self.tokens = tokens
  }

  /// Positions whose token is scored, by the logits at the position before: those that have at least
  /// half a window before them. As llama.cpp's perplexity has it, which judges logits at positions
  /// `L / 2 ..< L - 1`: 255 tokens of a window of 512.
  package var scored: Range<Int> { (tokens.count / 2 + 1)..<tokens.count }

  /// The shortest that has a token to score.
  package static let shortest = 4
}
