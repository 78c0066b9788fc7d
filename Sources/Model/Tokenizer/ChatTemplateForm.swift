/// The templates that are recognised, with what varies between models of a kind.
enum ChatTemplateForm: Sendable {
  /// SmolLM2's and Qwen2's with a default system message, plain ChatML without.
  case chatML(defaultSystem: String?)
  /// The first Qwen1.5's, which leaves the last turn open.
  case openEndedChatML(defaultSystem: String)
  /// Llama 3's; its first version always ends in a generation prompt.
  case llama3(bos: String?, alwaysPrompts: Bool)

  static let names = [
    "SmolLM2's or Qwen2's ChatML with a default system message", "plain ChatML", "Qwen1.5's ChatML",
    "Llama 3's first two",
  ]

  /// The form of `template`; nil when it is none of them.
  init?(_ template: String, bos: String?) {
    let source = Self.normalized(template)
    let body = Self.withoutDefault(source)
    if body == Self.bytes(Self.chatML) {
      self = .chatML(defaultSystem: nil)
    } else if let system = Self.hole(in: body, Self.loop + Self.open, Self.close + Self.turn) {
      self = .chatML(defaultSystem: system)
    } else if let system = Self.hole(in: body, Self.loop + Self.open, Self.close + Self.openTurn) {
      self = .openEndedChatML(defaultSystem: system)
    } else if source == Self.bytes(Self.llama3 + Self.llama3Condition) {
      self = .llama3(bos: bos, alwaysPrompts: false)
    } else if source == Self.bytes(Self.llama3 + Self.llama3Prompt) {
      self = .llama3(bos: bos, alwaysPrompts: true)
    } else {
      return nil
    }
  }
}

// MARK: - Their text

extension ChatTemplateForm {
  private static let loop = "{% for message in messages %}"
  /// Before and after the default system message.
  private static let open =
    "{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\n"
  private static let close = "<|im_end|>\n' }}{% endif %}"
  private static let turn =
    "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
    + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
  private static let chatML = loop + turn
  private static let openTurn =
    "{{'<|im_start|>' + message['role'] + '\n' + message['content']}}"
    + "{% if (loop.last and add_generation_prompt) or not loop.last %}{{ '<|im_end|>' + '\n'}}"
    + "{% endif %}{% endfor %}{% if add_generation_prompt and messages[-1]['role'] != 'assistant' %}"
    + "{{ '<|im_start|>assistant\n' }}{% endif %}"
  private static let llama3 =
    "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = "
    + "'<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim"
    + " + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}"
    + "{{ content }}{% endfor %}"
  private static let llama3Prompt = "{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}"
  private static let llama3Condition = "{% if add_generation_prompt %}\(llama3Prompt){% endif %}"
  /// Some files say first what `apply_chat_template` does anyway.
  private static let defaultPrompt =
    "{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}"
}

// MARK: - Comparing

extension ChatTemplateForm {
  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// The template with every line end and every `\n` inside quotes as a newline, and without the
  /// newline at its end, which Jinja drops. Other escapes stay as they are.
  private static func normalized(_ template: String) -> [UInt8] {
    var result: [UInt8] = []
    var rest = template.utf8[...]
    while let byte = rest.popFirst() {
      switch (byte, rest.first) {
      case (UInt8(ascii: "\r"), _):
        if rest.first == UInt8(ascii: "\n") { rest.removeFirst() }
        result.append(UInt8(ascii: "\n"))
      case (UInt8(ascii: "\\"), UInt8(ascii: "n")?):
        rest.removeFirst()
        result.append(UInt8(ascii: "\n"))
      case (UInt8(ascii: "\\"), let escaped?):
        rest.removeFirst()
        result += [byte, escaped]
      default: result.append(byte)
      }
    }
    if result.last == UInt8(ascii: "\n") { result.removeLast() }
    return result
  }

  private static func withoutDefault(_ source: [UInt8]) -> [UInt8] {
    let prefix = bytes(defaultPrompt)
    return source.starts(with: prefix) ? Array(source[prefix.count...]) : source
  }

  /// The string between `prefix` and `suffix`, if it ends in neither its quotes nor the template.
  private static func hole(in source: [UInt8], _ prefix: String, _ suffix: String) -> String? {
    let (prefix, suffix) = (bytes(prefix), bytes(suffix))
    guard source.count >= prefix.count + suffix.count, source.starts(with: prefix),
      source.suffix(suffix.count).elementsEqual(suffix)
    else { return nil }
    var text: [UInt8] = []
    var rest = source[prefix.count..<(source.count - suffix.count)]
    while let byte = rest.popFirst() {
      switch (byte, rest.first) {
      case (UInt8(ascii: "'"), _): return nil
      case (UInt8(ascii: "\\"), UInt8(ascii: "'")?), (UInt8(ascii: "\\"), UInt8(ascii: "\"")?),
        (UInt8(ascii: "\\"), UInt8(ascii: "\\")?):
        text.append(rest.removeFirst())
      case (UInt8(ascii: "\\"), _): return nil
      default: text.append(byte)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
