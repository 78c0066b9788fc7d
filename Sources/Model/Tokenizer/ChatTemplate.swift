/// One turn of a conversation.
public struct ChatMessage: Sendable, Equatable {
  /// Usually `system`, `user` or `assistant`.
  public let role: String
  public let content: String

  public init(role: String, content: String) {
    self.role = role
    self.content = content
  }
}

/// A model's way of writing a conversation as one text.
///
/// There is no Jinja interpreter here: the templates known are recognised by their text, to the
/// letter but for the default system message.
public struct ChatTemplate: Sendable {
  private let form: ChatTemplateForm

  /// - Parameters:
  ///   - template: the Jinja source, from `chat_template` in a tokenizer_config.json or a GGUF.
  ///   - bos, eos: the special tokens that templates may name.
  ///   - file, place: name the template in errors.
  public init(
    _ template: String, bos: String?, eos: String?, file: String = "chat template",
    place: String = ""
  ) throws {
    let beginning = template.prefix(120).split(whereSeparator: \.isNewline).joined(separator: " ")
    let found = "a template that begins \"\(beginning)\""
    guard let form = ChatTemplateForm(template, bos: bos) else {
      throw InputError(
        file: file, place: place, found: found,
        expected: "one of these templates, to the letter: "
          + ChatTemplateForm.names.joined(separator: ", "))
    }
    if case .llama3(bos: nil, _) = form {
      throw InputError(
        file: file, place: place, found: found + " and no bos_token",
        expected: "the bos_token that this template puts first")
    }
    self.form = form
  }

  /// The text of a conversation, as Hugging Face's `apply_chat_template` has it.
  ///
  /// - Parameter addGenerationPrompt: ends the text where the assistant's answer begins.
  public func render(_ messages: [ChatMessage], addGenerationPrompt: Bool) throws -> String {
    switch form {
    case .chatML(let system):
      return Self.chatML(messages, defaultSystem: system)
        + (addGenerationPrompt ? Self.assistant : "")
    case .openEndedChatML(let system):
      return Self.openEnded(messages, defaultSystem: system, addGenerationPrompt)
    case .llama3(let bos, let alwaysPrompts):
      return Self.llama3(messages, bos: bos ?? "")
        + (addGenerationPrompt || alwaysPrompts ? Self.llama3Header("assistant") : "")
    }
  }
}

// MARK: - ChatML

extension ChatTemplate {
  private static let assistant = "<|im_start|>assistant\n"

  private static func chatML(_ messages: [ChatMessage], defaultSystem: String?) -> String {
    var text = ""
    if let defaultSystem, let first = messages.first, !first.role.isSame("system") {
      text += "<|im_start|>system\n\(defaultSystem)<|im_end|>\n"
    }
    for message in messages {
      text += "<|im_start|>\(message.role)\n\(message.content)<|im_end|>\n"
    }
    return text
  }

  /// Without a generation prompt the last turn stays open, for the model to go on with; and an
  /// answer already begun is not begun again.
  private static func openEnded(
    _ messages: [ChatMessage], defaultSystem: String?, _ addGenerationPrompt: Bool
  ) -> String {
    let text = chatML(messages, defaultSystem: defaultSystem)
    guard let last = messages.last else { return addGenerationPrompt ? assistant : "" }
    guard addGenerationPrompt else {
      // By scalars: the last character of the content may be one with the `<`.
      return String(text.unicodeScalars.dropLast("<|im_end|>\n".unicodeScalars.count))
    }
    return last.role.isSame("assistant") ? text : text + assistant
  }
}

// MARK: - Llama 3

extension ChatTemplate {
  private static func llama3(_ messages: [ChatMessage], bos: String) -> String {
    var text = messages.isEmpty ? "" : bos
    for message in messages {
      text += llama3Header(message.role) + trimmed(message.content) + "<|eot_id|>"
    }
    return text
  }

  private static func llama3Header(_ role: String) -> String {
    "<|start_header_id|>\(role)<|end_header_id|>\n\n"
  }

  /// What Jinja's `trim` leaves: Python's white space has the separators U+001C to U+001F too.
  private static func trimmed(_ text: String) -> String {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isSpace($0) }),
      let last = scalars.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(scalars[first...last])
  }
}
