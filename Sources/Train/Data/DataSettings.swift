import CleavePrompts
import CleaveStorage

/// The texts that exits are trained on, and how they become sequences of tokens.
package struct DataSettings: Equatable, Sendable {
  /// The settings of the answers that the model itself generates after each prompt.
  package struct Continuation: Equatable, Sendable {
    /// The most tokens generated for a prompt.
    package var maxTokens: Int
    /// The share of prompts whose tokens are sampled; the others are answered greedily.
    package var sampledShare: Double
    package var temperature: Float
    /// The number of most probable tokens that are sampled from; 0 for all, which takes much longer.
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

  /// The settings of the prompts that the model writes itself.
  package struct SelfPrompts: Equatable, Sendable {
    /// The number of prompts to draw. Fewer are kept: what is empty, repeated or excluded is dropped.
    package var count: Int
    /// The most tokens of a prompt's text.
    package var maxTokens: Int
    package var temperature: Float
    /// The number of most probable tokens that are sampled from; 0 for all, which takes much longer.
    package var topK: Int
    package var topP: Float

    package init(
      count: Int, maxTokens: Int = 96, temperature: Float = 1, topK: Int = 64, topP: Float = 0.95
    ) {
      self.count = count
      self.maxTokens = maxTokens
      self.temperature = temperature
      self.topK = topK
      self.topP = topP
    }
  }

  /// Plain text files, cut into windows of `longest` tokens. What is left at the end is not used.
  package var texts: [String] = []
  package var prompts: [PromptSource] = []
  /// Texts that are left out because the model will be measured on them.
  package var excluded: [FieldSource] = []
  /// The prompts that the model writes itself; nil for none.
  package var selfPrompts: SelfPrompts?
  /// The most turns of a conversation: the model writes the user's text after its own answer as it writes prompts of
  /// its own, and answers it, as long as the sequence has room.
  package var turns = 1
  /// How the model writes the user's texts of later turns. The count has no meaning there.
  package var userTexts = SelfPrompts(count: 1)
  /// Whether prompts become a user's turn in the model's chat template, where it has one.
  package var usesChatTemplate = true
  /// The answers to generate; nil trains on prompts alone.
  package var continuation: Continuation?
  /// The most tokens of a sequence, prompt and answer together. Longer texts are cut.
  package var longest = 512
  /// One text in this many is held out, on average.
  package var heldOutOneIn = 20
  /// The seed that decides which texts are held out, which are sampled, and what is drawn.
  package var seed: UInt64 = 0

  private static let mostTurns = 1024

  package init() {}

  /// The most tokens of a prompt.
  var longestPrompt: Int { longest - (continuation?.maxTokens ?? 0) }

  /// - Throws: `SettingError` for settings that contradict one another or are out of range.
  func check() throws {
    guard !texts.isEmpty || !prompts.isEmpty || selfPrompts != nil else {
      throw SettingError(
        .trainingData, found: "no text and no prompts",
        expected: "something to train on, if only prompts of the model's own")
    }
    guard heldOutOneIn >= 2 else {
      throw SettingError(
        .heldOutShare, found: "one in \(heldOutOneIn)", expected: "one in at least 2")
    }
    try continuation?.check()
    try selfPrompts?.check()
    try userTexts.check()
    try require(.turns, turns, (1...Self.mostTurns).contains(turns), "from 1 to \(Self.mostTurns)")
    guard turns == 1 || continuation != nil else {
      throw SettingError(.turns, found: "\(turns)", expected: "1 where prompts are not continued")
    }
    guard longestPrompt >= 1 else {
      throw SettingError(
        .longestSequence, found: "\(longest) tokens",
        expected: "more than the \(continuation?.maxTokens ?? 0) new tokens")
    }
  }
}

extension DataSettings.Continuation {
  /// - Throws: `SettingError` for settings out of range.
  fileprivate func check() throws {
    try require(.newTokens, maxTokens, maxTokens >= 1, "at least 1")
    try require(.sampledShare, sampledShare, (0...1).contains(sampledShare), "from 0 to 1")
    try require(
      .samplingTemperature, temperature, temperature > 0 && temperature.isFinite,
      "a number above 0")
    try require(.samplingTopK, topK, topK >= 0, "at least 0")
    try require(.samplingTopP, topP, topP > 0 && topP <= 1, "above 0 and at most 1")
  }
}

extension DataSettings.SelfPrompts {
  /// The most prompts that may be asked for.
  private static let most = 1 << 24

  /// - Throws: `SettingError` for settings out of range.
  fileprivate func check() throws {
    try require(.selfPrompts, count, (1...Self.most).contains(count), "from 1 to \(Self.most)")
    try require(
      .selfPromptTokens, maxTokens, (1...Self.most).contains(maxTokens), "from 1 to \(Self.most)")
    try require(
      .selfPromptTemperature, temperature, temperature > 0 && temperature.isFinite,
      "a number above 0")
    try require(.selfPromptTopK, topK, topK >= 0, "at least 0")
    try require(.selfPromptTopP, topP, topP > 0 && topP <= 1, "above 0 and at most 1")
  }
}

private func require(
  _ setting: SettingError.Setting, _ value: some Any, _ isRight: Bool, _ expected: String
) throws {
  guard isRight else { throw SettingError(setting, found: "\(value)", expected: expected) }
}
