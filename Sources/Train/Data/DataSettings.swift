import CleavePrompts
import CleaveStorage

/// Which texts are trained on, and how they are made into sequences of tokens.
package struct DataSettings: Equatable, Sendable {
  /// What the model itself writes after each prompt.
  package struct Continuation: Equatable, Sendable {
    /// The most new tokens; a text may end before.
    package var maxTokens: Int
    /// Of the prompts, how many are continued by drawing tokens; the others greedily.
    package var sampledShare: Double
    package var temperature: Float
    /// Only the k most probable tokens are drawn from; 0 for all, which takes much longer.
    package var topK: Int
    package var topP: Float

    package init(
      maxTokens: Int, sampledShare: Double = 0, temperature: Float = 0.8, topK: Int = 64,
      topP: Float = 0.95
    ) {
      self.maxTokens = maxTokens
      self.sampledShare = sampledShare
      self.temperature = temperature
      self.topK = topK
      self.topP = topP
    }
  }

  /// Plain text files, cut into windows of `longest` tokens; what is left at the end is not read.
  package var texts: [String] = []
  package var prompts: [PromptSource] = []
  /// Prompts of this content are left out: what the model will be judged on.
  package var excluded: [FieldSource] = []
  /// Prompts are a user's turn in the model's own template, where it has one; false takes them bare.
  package var usesChatTemplate = true
  /// Nil trains on prompts alone.
  package var continuation: Continuation?
  /// Tokens of the longest sequence, the continuation's among them. Longer texts are cut.
  package var longest = 512
  /// One text in so many is held out.
  package var heldOutOneIn = 20
  /// Decides which are held out, which are sampled, and what is drawn.
  package var seed: UInt64 = 0

  package init() {}

  /// Tokens of the longest prompt.
  var longestPrompt: Int { longest - (continuation?.maxTokens ?? 0) }

  func check() throws {
    func refuse(_ what: String, _ found: String, _ expected: String) -> InputError {
      InputError(file: what, found: found, expected: expected)
    }
    guard !texts.isEmpty || !prompts.isEmpty else {
      throw refuse("data", "no text and no prompts", "something to train on")
    }
    guard heldOutOneIn >= 2 else {
      throw refuse("held-out share", "one in \(heldOutOneIn)", "one in at least 2")
    }
    if let continuation {
      guard continuation.maxTokens >= 1 else {
        throw refuse("new tokens", "\(continuation.maxTokens)", "at least 1")
      }
      guard (0...1).contains(continuation.sampledShare) else {
        throw refuse("sampled share", "\(continuation.sampledShare)", "from 0 to 1")
      }
      guard continuation.temperature > 0, continuation.temperature.isFinite else {
        throw refuse("temperature", "\(continuation.temperature)", "a number above 0")
      }
      guard continuation.topK >= 0 else {
        throw refuse("top-k", "\(continuation.topK)", "at least 0")
      }
      guard continuation.topP > 0, continuation.topP <= 1 else {
        throw refuse("top-p", "\(continuation.topP)", "above 0 and at most 1")
      }
    }
    guard longestPrompt >= 1 else {
      throw refuse(
        "longest sequence", "\(longest) tokens",
        "more than the \(continuation?.maxTokens ?? 0) new tokens")
    }
  }
}
