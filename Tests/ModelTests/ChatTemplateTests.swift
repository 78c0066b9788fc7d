import CleaveModel
import TestSupport
import Testing

@Suite struct ChatTemplateTests {
  @Test func rendersWhatTransformersRenders() throws {
    let file = "tokenizer/chat.json"
    let root = try JSONNode(JSON.parse(Golden.bytes(file), file: file), file: file)
    for entry in try root.elements() {
      let name = try entry.required("name").string()
      let template = try ChatTemplate(
        entry.required("template").string(), bos: entry.optional("bos")?.string(),
        eos: entry.optional("eos")?.string())
      for rendering in try entry.required("renderings").elements() {
        let messages = try rendering.required("messages").elements().map {
          let pair = try $0.elements()
          return ChatMessage(role: try pair[0].string(), content: try pair[1].string())
        }
        let text = try template.render(
          messages, addGenerationPrompt: rendering.required("prompt").bool())
        #expect(isSame(text, try rendering.required("text").string()), "\(name)")
      }
    }
  }

  /// Near misses: one that renders differently must not be taken for the one it resembles.
  @Test(arguments: [
    "", "{{ messages }}", " " + plain, plain + " ", plain + "\n\n", plain + "x",
    plain.replacing("assistant", with: "Assistant"),
    plain.replacing("<|im_end|>", with: "<|im_end|>\\\\n"),
    "{% for message in messages %}" + system("a' + bos_token + 'b") + rest,
    "{% for message in messages %}" + system("\\x41") + rest,
    "{% for message in messages %}" + system("a\\") + rest,
    "{% for message in messages %}" + system("a") + system("b") + rest,
  ])
  func refusesEveryOtherTemplate(template: String) {
    let error = #expect(throws: InputError.self) {
      try ChatTemplate(template, bos: "<s>", eos: nil, file: "m.gguf", place: "chat_template")
    }
    #expect(error?.file == "m.gguf" && error?.place == "chat_template")
    #expect(error?.found.hasPrefix("a template that begins \"") == true)
    #expect(error?.expected.contains("SmolLM2") == true)
  }

  @Test func showsOnlyTheBeginning() {
    let error = #expect(throws: InputError.self) {
      try ChatTemplate(String(repeating: "{{ x }}", count: 10_000), bos: nil, eos: nil)
    }
    #expect((error?.found.count ?? 1000) < 200)
  }

  @Test func llama3NeedsItsBeginning() throws {
    let file = "tokenizer/chat.json"
    let root = try JSONNode(JSON.parse(Golden.bytes(file), file: file), file: file)
    let entry = try #require(
      try root.elements().first { try $0.required("name").string() == "llama3" })
    let template = try entry.required("template").string()
    let error = #expect(throws: InputError.self) { try ChatTemplate(template, bos: nil, eos: nil) }
    #expect(error?.expected.contains("bos_token") == true)
  }

  @Test func noMessages() throws {
    let template = try ChatTemplate(Self.plain, bos: nil, eos: nil)
    #expect(try template.render([], addGenerationPrompt: false) == "")
    #expect(try template.render([], addGenerationPrompt: true) == "<|im_start|>assistant\n")
  }

  private static let rest =
    "{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}"
    + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
  private static let plain = "{% for message in messages %}" + rest

  private static func system(_ message: String) -> String {
    "{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\n"
      + message + "<|im_end|>\\n' }}{% endif %}"
  }
}
