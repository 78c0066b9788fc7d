import CleavePrompts
import CleaveRuntime

/// Leads conversations: after each answer of the model it writes the user's next text itself, and answers that.
struct Conversations {
  /// The fewest tokens that a user's text must have room for.
  private static let shortestText = 8

  private let generation: SelfGeneration
  private let turns: Int
  private let joints: PromptTokenizer.Joints
  private let texts: DataSettings.SelfPrompts
  /// The tokens that end a user's text.
  private let stopTokens: Set<Int>

  /// - Parameter texts: how the model writes a user's text.
  init(
    _ generation: SelfGeneration, turns: Int, joints: PromptTokenizer.Joints, end: Int?,
    texts: DataSettings.SelfPrompts
  ) {
    self.generation = generation
    self.turns = turns
    self.joints = joints
    self.texts = texts
    stopTokens = generation.stopTokens.union([end].compactMap { $0 })
  }

  /// A conversation under way.
  struct State {
    /// The number of answers.
    fileprivate(set) var answers = 0
    /// The number of tokens up to the end of the last answer. What follows is no part of the text.
    fileprivate(set) var length = 0
    fileprivate var isUsers = false
  }

  /// What the conversation goes on with after what the model has said; nil where it ends.
  ///
  /// - Parameters:
  ///   - position: the number of tokens so far.
  ///   - text: the prompt that it began with.
  func next(
    _ state: inout State, said: BatchDecoder.Continuation, position: Int, _ text: TrainingText
  ) -> BatchDecoder.Turn? {
    defer { state.isUsers.toggle() }
    guard !state.isUsers else {
      guard !said.tokens.isEmpty else { return nil }
      return BatchDecoder.Turn(
        tokens: joints.afterText, sampling: generation.sampling(text.digest),
        maxTokens: generation.settings.maxTokens, stopTokens: generation.stopTokens)
    }
    state.answers += 1
    state.length = position
    let around = joints.afterAnswer.count + joints.afterText.count
    let room = generation.longest - position - around - generation.settings.maxTokens
    guard state.answers < turns, room >= Self.shortestText else { return nil }
    return BatchDecoder.Turn(
      tokens: joints.afterAnswer, sampling: sampling(text.digest),
      maxTokens: min(texts.maxTokens, room), stopTokens: stopTokens)
  }

  /// The sampling of the user's texts in a conversation, one draw for each position.
  private func sampling(_ digest: ContentDigest) -> Sampling {
    Sampling(
      temperature: texts.temperature, topK: texts.topK, topP: texts.topP,
      seed: digest.draw(seed: generation.seed, for: "turns"))
  }
}
