/// What a policy wrote to a prompt, and what it is judged by.
package struct JudgedText: Sendable {
  package var prompt: String
  /// As written, the stop token included.
  package var tokens: [Int]
  /// The whole model's token at each place of this very text: as many as `tokens`.
  package var truths: [Int]
  package var text: String
  /// What the whole model writes to the prompt when it is alone.
  package var modelText: String
  package var modelTokens: [Int]
  /// Right answers or good texts; empty where the prompts have none.
  package var references: [String]

  package init(
    prompt: String, tokens: [Int], truths: [Int], text: String, modelText: String,
    modelTokens: [Int], references: [String]
  ) {
    self.prompt = prompt
    self.tokens = tokens
    self.truths = truths
    self.text = text
    self.modelText = modelText
    self.modelTokens = modelTokens
    self.references = references
  }
}
