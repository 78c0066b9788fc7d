import CleaveStorage

/// One turn of a conversation.
package struct ChatMessage: Sendable, Equatable {
  /// Usually `system`, `user` or `assistant`.
  package let role: String
  package let content: String

  package init(role: String, content: String) {
    self.role = role
    self.content = content
  }
}

/// A model's way of writing a conversation as one text: a Jinja template, run as transformers'
/// `apply_chat_template` runs it. specs/templates.md says which part of Jinja that is.
package struct ChatTemplate: Sendable {
  private let nodes: [TemplateNode]
  private let bos: String?
  private let eos: String?
  private let file: String
  private let location: String

  /// - Parameters:
  ///   - template: the Jinja source, from `chat_template` in a tokenizer_config.json or a GGUF.
  ///   - bos, eos: the special tokens that templates may name.
  ///   - file, place: name the template in errors.
  /// - Throws: `InputError` that names the first construct that is not supported, and where it stands.
  package init(
    _ template: String, bos: String?, eos: String?, file: String = "chat template",
    location: String = ""
  ) throws {
    self.bos = bos
    self.eos = eos
    self.file = file
    self.location = location
    do {
      nodes = try TemplateParser.parse(template)
    } catch let fault as TemplateFault {
      throw Self.error(fault, file: file, location: location)
    }
  }

  /// The text of a conversation.
  ///
  /// - Parameters:
  ///   - addGenerationPrompt: ends the text where the assistant's answer begins.
  ///   - clock: for templates that write the date.
  /// - Throws: `InputError` for what the template refuses, and for a template that fails.
  package func render(
    _ messages: [ChatMessage], addGenerationPrompt: Bool, clock: TemplateClock = .system
  ) throws -> String {
    var variables: [String: TemplateValue] = [
      "messages": .list(
        messages.map {
          .dictionary(
            TemplateDictionary(members: [
              (.string("role"), .string($0.role)), (.string("content"), .string($0.content)),
            ]))
        }),
      "add_generation_prompt": .bool(addGenerationPrompt), "tools": .none, "documents": .none,
    ]
    variables["bos_token"] = bos.map { .string($0) }
    variables["eos_token"] = eos.map { .string($0) }
    var interpreter = TemplateInterpreter(variables, clock: clock)
    do {
      return try interpreter.render(nodes)
    } catch let fault as TemplateFault {
      throw Self.error(fault, file: file, location: location)
    }
  }

  private static func error(_ fault: TemplateFault, file: String, location: String) -> InputError {
    let at = "line \(fault.location.line), column \(fault.location.column)"
    return InputError(
      file: file, location: location.isEmpty ? at : "\(location), \(at)", found: fault.found,
      expected: fault.expected)
  }
}
