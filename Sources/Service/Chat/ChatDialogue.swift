import CleaveRuntime
import CleaveStorage
import CleaveText

/// A conversation that goes on turn by turn, in the model's chat template. What was said before is not read again: the
/// sessions of earlier turns are kept as those of requests are, within the bound of the model's settings.
package struct ChatDialogue {
  /// How the turns are answered.
  package struct Settings: Sendable {
    /// The message that every conversation begins with; nil for none.
    package var system: String?
    /// The most tokens of an answer.
    package var maxTokens = 128
    /// The seed is that of the first turn, and each later one has the next.
    package var sampling = Sampling.greedy
    package var stop: [String] = []

    package init() {}
  }

  private let model: ServedModel
  private let settings: Settings
  private var messages: [ChatMessage] = []
  private var turns: UInt64 = 0

  /// - Throws: `InputError` for a model without a chat template.
  package init(_ model: ServedModel, settings: Settings) throws {
    guard model.hasTemplate else {
      throw InputError(
        file: model.path, location: "chat_template", found: "none",
        expected: "one, in which the turns of a conversation are written",
        advice: "Give prompts as they stand, one at a time.")
    }
    self.model = model
    self.settings = settings
    reset()
  }

  /// Begins a new conversation.
  package mutating func reset() {
    messages = settings.system.map { [ChatMessage(role: "system", content: $0)] } ?? []
    turns = 0
  }

  /// Answers a message of the user. Where that fails, the conversation is as it was.
  ///
  /// - Parameter onEvent: told of each token and of the end; what it throws ends the answer.
  /// - Throws: `ContextLimitError` for a conversation that is too long, `InputError` for a template that rejects it,
  ///   and what the session and the cloud throw.
  package mutating func say(
    _ text: String, onEvent: (AnswerEvent) throws -> Void
  ) async throws {
    let asked = messages + [ChatMessage(role: "user", content: text)]
    var request = TextRequest(format: .chat, prompts: [.chat(asked)])
    request.maxTokens = settings.maxTokens
    request.sampling = settings.sampling
    request.sampling.seed &+= turns
    request.stop = settings.stop
    var answer = ""
    try await model.answer(try model.tokens(of: .chat(asked)), request) { event in
      if case .ended(let outcome) = event { answer = outcome.text }
      try onEvent(event)
    }
    messages = asked + [ChatMessage(role: "assistant", content: answer)]
    turns += 1
  }
}
