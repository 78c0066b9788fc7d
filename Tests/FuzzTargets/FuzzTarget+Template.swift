import CleaveText

extension FuzzTarget {
  /// A chat template and, behind NUL bytes, the text of the BOS token and the messages' roles and contents.
  static let chatTemplate = FuzzTarget.giving("chat-template") { input in
    let parts = FuzzParts.texts(input)
    let template = try ChatTemplate(
      parts[0], bos: parts.count > 1 ? parts[1] : nil, eos: "</s>")
    let messages = messages(parts.dropFirst(2))
    let clock = TemplateClock.fixed(secondsSince1970: 1_700_000_000)
    func render() throws -> String {
      try template.render(messages, addGenerationPrompt: true, clock: clock)
    }
    let text = try render()
    try require(
      text.utf8.elementsEqual(try render().utf8), "a template writes the same text again")
    _ = try template.render(messages, addGenerationPrompt: false, clock: clock)
    return text
  }

  private static func messages(_ parts: ArraySlice<String>) -> [ChatMessage] {
    let parts = Array(parts)
    guard parts.count > 1 else {
      return [
        ChatMessage(role: "system", content: "Be brief."),
        ChatMessage(role: "user", content: "Who are you?"),
        ChatMessage(role: "assistant", content: "<think>\nWho?\n</think>\n\nNobody."),
        ChatMessage(role: "user", content: "  And I? "),
      ]
    }
    return stride(from: 0, to: parts.count - 1, by: 2).map {
      ChatMessage(role: parts[$0], content: parts[$0 + 1])
    }
  }
}
