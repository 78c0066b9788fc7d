/// A text that a policy generated for a prompt, with the data to measure its loss.
package struct JudgedText: Sendable {
  package var prompt: String
  /// The generated tokens, including the stop token.
  package var tokens: [Int]
  /// The whole model's token at each position of the generated text, as many as `tokens`.
  package var truths: [Int]
  package var text: String
  /// The text that the whole model generates for the prompt.
  package var modelText: String
  package var modelTokens: [Int]
  /// Reference answers or texts; empty if the prompts have none.
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
