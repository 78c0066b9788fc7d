import CleavePrompts
import CleaveStorage

/// One text as tokens, ready to be continued or captured.
package struct TrainingText: Equatable, Sendable {
  package var tokens: [Int]
  /// Tokens before the first that the model wrote itself; 0 where nobody asked.
  package var promptLength: Int
  package let digest: ContentDigest
  package let split: Split
  /// Which of the sources it came from: texts first, then prompts.
  package let source: Int

  package init(
    tokens: [Int], promptLength: Int, digest: ContentDigest, split: Split, source: Int
  ) {
    self.tokens = tokens
    self.promptLength = promptLength
    self.digest = digest
    self.split = split
    self.source = source
  }
}
