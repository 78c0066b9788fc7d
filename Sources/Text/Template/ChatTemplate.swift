import CleaveStorage

/// A model's chat template: a Jinja template that writes a conversation as one text, run as
/// transformers' `apply_chat_template` runs it. specs/templates.md states the supported part of
/// Jinja.
package struct ChatTemplate: Sendable {
  private let nodes: [TemplateNode]
  private let names: [String: String]
  private let file: String
  private let location: String
  /// Bytes of the template.
  private let size: Int

  /// Parses a template.
  ///
  /// - Parameters: - template: the Jinja source, from `chat_template` in a tokenizer_config.json or
  ///   a GGUF file. - names: texts that the template can use, as `eos_token`: the model's special
  ///   tokens. - file: the template's file, for errors. - location: the template's location in the
  ///   file, for errors.
  /// - Throws: `InputError` that names the first unsupported construct and its location.
  package init(
    _ template: String, names: [String: String], file: String = "chat template",
    location: String = ""
  ) throws {
    self.names = names
    self.file = file
    self.location = location
    size = template.utf8.count
    do {
      nodes = try TemplateParser.parse(template)
    } catch let fault as TemplateFault {
      throw Self.error(fault, file: file, location: location)
    }
  }

  /// Parses a template that can use the texts of the BOS and the EOS token.
  package init(
    _ template: String, bos: String?, eos: String?, file: String = "chat template",
    location: String = ""
  ) throws {
    var names: [String: String] = [:]
    names["bos_token"] = bos
    names["eos_token"] = eos
    try self.init(template, names: names, file: file, location: location)
  }

  /// Renders a conversation as text.
  ///
  /// - Parameters: - addGenerationPrompt: whether to end the text where the assistant's answer
  ///   begins. - clock: the time for templates that write the date.
  /// - Throws: `InputError` if the template rejects the conversation or fails.
  package func render(
    _ messages: [ChatMessage], addGenerationPrompt: Bool, clock: TemplateClock = .system
  ) throws -> String {
    // What transformers binds itself goes before tokens of the same name.
    let variables: [String: TemplateValue] = [
      "messages": .list(
        messages.map {
          .dictionary(
            TemplateDictionary(members: [
              (.string("role"), .string($0.role)), (.string("content"), .string($0.content)),
            ]))
        }),
      "add_generation_prompt": .bool(addGenerationPrompt), "tools": .none, "documents": .none,
    ].merging(names.mapValues { .string($0) }) { own, _ in own }
    let bytes = messages.reduce(size) { $0 + $1.role.utf8.count + $1.content.utf8.count }
    var interpreter = TemplateInterpreter(variables, clock: clock, inputBytes: bytes)
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
