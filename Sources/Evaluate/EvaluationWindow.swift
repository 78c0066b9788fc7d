/// Consecutive tokens of a text, read without the tokens before them.
package struct EvaluationWindow: Equatable, Sendable {
  /// The index of the window in the text, counted from 0.
  package let index: Int
  package let tokens: [Int]

  package init(index: Int, tokens: [Int]) {
    self.index = index
    self.tokens = tokens
  }

  /// The positions whose token is scored by the logits of the position before: those with at least
  /// half a window before them. This matches llama.cpp's perplexity tool, which uses the logits at
  /// positions `L / 2 ..< L - 1`: 255 tokens of a window of 512.
  package var scored: Range<Int> { (tokens.count / 2 + 1)..<tokens.count }

  /// The shortest window that has a token to score.
  package static let shortest = 4
}
