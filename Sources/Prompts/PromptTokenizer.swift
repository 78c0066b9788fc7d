import CleaveModel
import CleaveStorage
import CleaveText

/// Tokenizes prompts: the format around the text, the model's chat template around both, and the beginning
/// of the answer.
package struct PromptTokenizer {
  private let tokenizer: Tokenizer
  private let template: ChatTemplate?
  private let longest: Int

  /// Without a chat template the prompt is taken as it is, with the tokens that belong around every
  /// text.
  ///
  /// - Throws: `InputError` for a template that is not known.
  package init(
    _ artifact: Artifact, tokenizer: Tokenizer, longest: Int, usesChatTemplate: Bool
  ) throws {
    self.tokenizer = tokenizer
    self.longest = longest
    template =
      usesChatTemplate
      ? try artifact.manifest.tokens.template(
        tokenizer, file: artifact.path, location: "chat_template") : nil
  }

  /// A user's turn of the chat template, cut where the user's text stands.
  package struct UserTurn: Equatable, Sendable {
    /// The tokens before the text.
    package let opening: [Int]
    /// The special token that follows the text; nil where none does.
    package let end: Int?
    /// The first word of what follows the text; nil where nothing does.
    package let endText: String?

    package init(opening: [Int], end: Int?, endText: String?) {
      self.opening = opening
      self.end = end
      self.endText = endText
    }
  }

  /// The user's turn; nil without a chat template.
  ///
  /// - Throws: `InputError` for a template that fails, or does not write the user's text.
  package func userTurn() throws -> UserTurn? {
    guard let template else { return nil }
    // A character of Unicode's private use: no template has it, and none changes it.
    let mark: Unicode.Scalar = "\u{E000}"
    let text = try template.render(
      [ChatMessage(role: "user", content: String(mark))], addGenerationPrompt: true)
    guard let place = text.unicodeScalars.firstIndex(of: mark) else {
      throw InputError(
        file: "chat_template", found: "a user's turn without the user's text",
        expected: "the text of the message in it")
    }
    let scalars = text.unicodeScalars
    let after = String(scalars[scalars.index(after: place)...])
    let opening = tokenizer.encode(String(scalars[..<place]), addSpecialTokens: false)
    guard !opening.isEmpty else { return nil }
    let end = tokenizer.encode(after, addSpecialTokens: false).first
    return UserTurn(
      opening: opening, end: end.flatMap { tokenizer.isSpecial($0) ? $0 : nil },
      endText: after.split(whereSeparator: \.isWhitespace).first.map(String.init))
  }

  /// The tokens that join the turns of a conversation.
  package struct Joints: Equatable, Sendable {
    /// The tokens from the end of an answer to where the user's next text begins.
    package let afterAnswer: [Int]
    /// The tokens from the end of a user's text to where the answer begins.
    package let afterText: [Int]

    package init(afterAnswer: [Int], afterText: [Int]) {
      self.afterAnswer = afterAnswer
      self.afterText = afterText
    }
  }

  /// The tokens between the turns of a conversation; nil without a chat template.
  ///
  /// - Throws: `InputError` for a template that does not write several turns one after another.
  package func joints() throws -> Joints? {
    guard let template else { return nil }
    let marks: [Unicode.Scalar] = ["\u{E000}", "\u{E001}", "\u{E002}"]
    let text = try template.render(
      zip(["user", "assistant", "user"], marks).map {
        ChatMessage(role: $0, content: String($1))
      }, addGenerationPrompt: true
    ).unicodeScalars
    let places = marks.compactMap { text.firstIndex(of: $0) }
    guard places.count == marks.count, zip(places, places.dropFirst()).allSatisfy(<) else {
      throw InputError(
        file: "chat_template", found: "a conversation that lacks some of its texts",
        expected: "user, assistant and user one after another",
        advice: "Train on single answers: leave --turns out.")
    }
    func tokens(_ part: Substring.UnicodeScalarView) -> [Int] {
      tokenizer.encode(String(part), addSpecialTokens: false)
    }
    let joints = Joints(
      afterAnswer: tokens(text[text.index(after: places[1])..<places[2]]),
      afterText: tokens(text[text.index(after: places[2])...]))
    guard !joints.afterAnswer.isEmpty, !joints.afterText.isEmpty else {
      throw InputError(
        file: "chat_template", found: "nothing between the turns of a conversation",
        expected: "tokens that tell them apart")
    }
    return joints
  }

  /// The tokens of a prompt, a text or a conversation, and whether it had to be cut.
  ///
  /// - Throws: `InputError` when the format alone is too long, and for a conversation without a chat
  ///   template.
  package func encode(
    _ candidate: ContentReader.Candidate, _ format: PromptFormat
  ) throws -> (tokens: [Int], isCut: Bool) {
    guard let conversation = candidate.conversation else {
      return try encode(candidate.text, format)
    }
    let whole = try encode(conversation)
    guard whole.count > longest else { return (whole, false) }
    let (recent, tokens) = try withoutOldestTurns(conversation, whole)
    let (cut, _) = try shortened(recent.last, tokens, around: "the chat template") {
      try encode(recent.ending(with: $0))
    }
    return (cut, true)
  }

  /// The most turns that fit, or the last one alone where even that does not. Each number of turns that is tried costs
  /// as much as it has messages, so few are tried: with almost all templates, more turns are more tokens. With one of
  /// which that is not true, these turns fit and those with one more turn do not, but some with still more might.
  private func withoutOldestTurns(
    _ conversation: Conversation, _ whole: [Int]
  ) throws -> (Conversation, tokens: [Int]) {
    let turns = conversation.turns
    var best: (Conversation, tokens: [Int]) = (conversation, whole)
    var (fitting, tooMany) = (0, turns.count)
    while fitting + 1 < tooMany {
      // Doubled while all fit, as the longest prompt is often much shorter than the conversation.
      let isBounded = tooMany < turns.count
      let kept = isBounded ? (fitting + tooMany) / 2 : min(max(1, 2 * fitting), tooMany - 1)
      let shorter = conversation.from(turns[turns.count - kept])
      let tokens = try encode(shorter)
      if tokens.count <= longest { fitting = kept } else { tooMany = kept }
      if fitting == kept || kept == 1 { best = (shorter, tokens) }
    }
    return best
  }

  private func encode(_ conversation: Conversation) throws -> [Int] {
    guard let template else {
      throw InputError(
        file: "prompts", found: "a conversation without a chat template",
        expected: "texts, or a chat template to put around the messages",
        advice: "Leave --plain out, or name the field of one message: messages.0.content.")
    }
    let text = try template.render(conversation.messages, addGenerationPrompt: true)
    return tokenizer.encode(text, addSpecialTokens: false)
  }

  /// The tokens of a prompt, and whether its text had to be cut: at the end of one of its tokens, so
  /// that format and template stay whole.
  ///
  /// - Throws: `InputError` when the format alone is too long.
  package func encode(_ text: String, _ format: PromptFormat) throws -> (tokens: [Int], isCut: Bool)
  {
    try shortened(text, try encode(format(text)), around: "\"\(format(""))\"") {
      try encode(format($0))
    }
  }

  /// Cuts a text until it fits with what is around it.
  private func shortened(
    _ text: String, _ whole: [Int], around place: @autoclosure () -> String,
    _ encode: (String) throws -> [Int]
  ) throws -> (tokens: [Int], isCut: Bool) {
    var tokens = whole
    guard tokens.count > longest else { return (tokens, false) }
    let words = tokenizer.encode(text, addSpecialTokens: false)
    let beginnings = TextBeginnings(tokenizer, text, words)
    var kept = words.count
    while tokens.count > longest {
      guard kept > 0 else {
        throw InputError(
          file: "format", location: place(),
          found: "\(tokens.count) tokens without a text",
          expected: "at most \(longest), the room for a prompt",
          advice: "Allow longer sequences or fewer new tokens.")
      }
      let beginning = beginnings.longest(of: max(0, kept - (tokens.count - longest)))
      kept = beginning.tokens
      tokens = try encode(beginning.text)
    }
    return (tokens, true)
  }

  private func encode(_ prompt: String) throws -> [Int] {
    guard let template else { return tokenizer.encode(prompt) }
    let text = try template.render(
      [ChatMessage(role: "user", content: prompt)], addGenerationPrompt: true)
    return tokenizer.encode(text, addSpecialTokens: false)
  }
}
