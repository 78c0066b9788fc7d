/// What a policy wrote to a prompt, and what it is judged by.
public struct JudgedText: Sendable {
  public var prompt: String
  /// As written, the stop token included.
  public var tokens: [Int]
  /// The whole model's token at each place of this very text: as many as `tokens`.
  public var truths: [Int]
  public var text: String
  /// What the whole model writes to the prompt when it is alone.
  public var modelText: String
  public var modelTokens: [Int]
  /// Right answers or good texts; empty where the prompts have none.
  public var references: [String]

  public init(
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
