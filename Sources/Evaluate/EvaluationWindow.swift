/// Consecutive tokens of a text, read together and without what went before them.
public struct EvaluationWindow: Equatable, Sendable {
  /// Counted from 0 in the text.
  public let index: Int
  public let tokens: [Int]

  public init(index: Int, tokens: [Int]) {
    self.index = index
    self.tokens = tokens
  }

  /// Positions whose token is scored, by the logits at the position before: those that have at least
  /// half a window before them. As llama.cpp's perplexity has it, which judges logits at positions
  /// `L / 2 ..< L - 1`: 255 tokens of a window of 512.
  public var scored: Range<Int> { (tokens.count / 2 + 1)..<tokens.count }

  /// The shortest that has a token to score.
  public static let shortest = 4
}
