import CleavePrompts
import CleaveStorage

/// One text as tokens, to be continued by the model or captured.
package struct TrainingText: Equatable, Sendable {
  package var tokens: [Int]
  /// The number of tokens before the first that the model generated; 0 for plain text.
  package var promptLength: Int
  package let digest: ContentDigest
  package let split: Split
  /// The index of the source it came from: texts first, then prompts, then the model's own.
  package let source: Int

  /// Whether the model may continue it.
  package var isPrompt: Bool { promptLength > 0 }

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
