import CleaveStorage
import CleaveText
import TestSupport
import Testing

@Suite struct ChatTemplateTests {
  @Test func rendersWhatTransformersRenders() throws {
    let file = "tokenizer/chat.json"
    let root = try JSONNode(parsing: Golden.bytes(file), file: file)
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

  private static let file = "templates/expected.json"

  private static func expected() throws -> JSONNode {
    try JSONNode(.parse(Golden.bytes(file), file: file), file: file)
  }

  /// 2026-07-26, noon: the date of the goldens.
  private static let clock = TemplateClock.fixed(secondsSince1970: 1_785_067_200)

  private static func conversations(_ root: JSONNode) throws -> [[ChatMessage]] {
    try root.required("conversations").elements().map {
      try $0.elements().map {
        ChatMessage(
          role: try $0.required("role").string(), content: try $0.required("content").string())
      }
    }
  }

  private static func text(_ node: JSONNode) throws -> String? {
    if case .null = node.value { nil } else { try node.string() }
  }

  private static let actual = try! expected().required("templates").members().map(\.name)

  /// The families' own templates, as their models ship them.
  @Test(arguments: actual) func actualTemplatesRenderAsInTransformers(name: String) throws {
    let root = try Self.expected()
    let conversations = try Self.conversations(root)
    let rows = try root.required("templates").required(name).elements()
    let source = String(decoding: try Golden.bytes("templates/\(name).jinja"), as: UTF8.self)
    let template = try ChatTemplate(source, bos: "<s>", eos: "</s>")
    #expect(rows.count == conversations.count && rows.count >= 8)
    for (messages, pair) in zip(conversations, rows) {
      for (prompt, node) in zip([false, true], try pair.elements()) {
        let expected = try Self.text(node)
        let found = try? template.render(messages, addGenerationPrompt: prompt, clock: Self.clock)
        #expect(found.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
      }
    }
  }

  @Test func thereAreManyActualTemplates() { #expect(Self.actual.count >= 22) }

  /// Piece by piece: whitespace, operators, filters, tests, scopes, how values print.
  @Test func snippetsRenderAsInJinja() throws {
    let root = try Self.expected()
    let message = try Self.conversations(root)[1][1]
    let snippets = try root.required("snippets").elements()
    #expect(snippets.count >= 80)
    for snippet in snippets {
      let pair = try snippet.elements()
      let (source, expected) = (try pair[0].string(), try Self.text(pair[1]))
      let found: String?
      do {
        found = try ChatTemplate(source, bos: "<s>", eos: "</s>")
          .render([message], addGenerationPrompt: true, clock: Self.clock)
      } catch let error as InputError {
        found = nil
        if expected != nil { Issue.record("\(source): \(error)") }
      }
      #expect(
        found.map { Array($0.utf8) } == expected.map { Array($0.utf8) },
        "\(source): \(found ?? "nil"), expected \(expected ?? "nil")")
    }
  }

  private static let unsupported: [(template: String, location: String, found: String)] = [
    ("a\n {{ x | xmlattr }}", "line 2, column 7", "the filter \"xmlattr\""),
    ("{{ x is escaped }}", "line 1, column 6", "the test \"escaped\""),
    ("{{ x.encode('utf8') }}", "line 1, column 5", "the method \"encode\""),
    ("{{ messages.append(1) }}", "line 1, column 12", "the method \"append\""),
    ("{{ lipsum(5) }}", "line 1, column 4", "the function \"lipsum\""),
    ("\n\n{% include 'x' %}", "line 3, column 1", "the tag \"include\""),
    ("{% extends 'x' %}", "line 1, column 1", "the tag \"extends\""),
    ("{{ x | trim(side='left') }}", "line 1, column 6", "the argument side of the filter trim"),
    ("{{ x is defined(2) }}", "line 1, column 6", "1 arguments of the test defined"),
    ("{{ x is eq }}", "line 1, column 6", "0 arguments of the test eq"),
    ("{{ x is eq(b=1) }}", "line 1, column 6", "1 arguments of the test eq"),
    ("{{ f(a=1, a=2) }}", "line 1, column 13", "the argument a twice"),
    ("{{ x | upper(1) }}", "line 1, column 6", "1 arguments of the filter upper"),
    (
      "{{ x | sort(true, reverse=true) }}", "line 1, column 6",
      "the argument reverse of the filter sort twice"
    ),
    (
      "{{ x | map(attribute='a', 'b') }}", "line 1, column 27",
      "an argument without a name behind a named one"
    ),
    ("{% raw %}{% endraw %}", "line 1, column 1", "the tag \"raw\""),
    ("{% filter upper %}x{% endfilter %}", "line 1, column 1", "the tag \"filter\""),
    ("{% call m() %}x{% endcall %}", "line 1, column 1", "the tag \"call\""),
    ("{% for x in y recursive %}{% endfor %}", "line 1, column 1", "a recursive loop"),
    ("{{ f(*x) }}", "line 1, column 6", "unpacked arguments"),
    ("{{ 1 & 2 }}", "line 1, column 6", "the character \"&\""),
    ("{{ x ", "line 1, column 1", "{{ that is not closed"),
    ("{# x ", "line 1, column 1", "{# that is not closed"),
    ("{{ 'x }}", "line 1, column 4", "a string that is not closed"),
    ("{% if x %}", "line 1, column 9", "a block that is not ended"),
    ("{% endif %}", "line 1, column 1", "the tag \"endif\""),
    ("{{ (1 }}", "line 1, column 7", "}"),
    ("{{ }}", "line 1, column 4", "}}"),
    ("{{ 1 2 }}", "line 1, column 6", "2"),
    ("{{ 99999999999999999999 }}", "line 1, column 4", "the number 99999999999999999999"),
    ("{{ '\\xZZ' }}", "line 1, column 7", "the escape \\x"),
  ]

  @Test(arguments: unsupported.indices) func isRefusedByNameBeforeItRenders(index: Int) throws {
    let (template, location, found) = Self.unsupported[index]
    let error = #expect(throws: InputError.self) {
      try ChatTemplate(template, bos: nil, eos: nil, file: "m.gguf", location: "chat_template")
    }
    #expect(error?.file == "m.gguf")
    #expect(error?.location == "chat_template, \(location)")
    #expect(error?.found == found)
    #expect(error?.expected.isEmpty == false)
  }

  /// Every cut of a template renders or is refused, and one that ends inside a tag is refused.
  @Test func everyCutOfATemplate() throws {
    for name in ["Qwen-Qwen3-0.6B", "meta-llama-Llama-3.1-8B-Instruct", "gemma-3"] {
      let source = String(decoding: try Golden.bytes("templates/\(name).jinja"), as: UTF8.self)
      #expect(try Self.rendering(source)?.contains("x") == true, "\(name), whole")
      var insideTags = 0
      for count in stride(from: 0, to: source.unicodeScalars.count, by: 13) {
        let cut = String(source.unicodeScalars.prefix(count))
        let text = try Self.rendering(cut)
        if Self.endsInsideTag(cut) {
          insideTags += 1
          #expect(text == nil, "\(name), cut after \(count)")
        }
      }
      #expect(insideTags > 50, "\(name)")
    }
  }

  /// The text that a template makes of one message, or nil if it is refused.
  ///
  /// - Throws: any error that is not an `InputError`.
  private static func rendering(_ source: String) throws -> String? {
    do {
      return try ChatTemplate(source, bos: "<s>", eos: "</s>")
        .render([ChatMessage(role: "user", content: "x")], addGenerationPrompt: true)
    } catch is InputError { return nil }
  }

  /// Whether the last tag that opens does not close: its last brace pair opens one.
  private static func endsInsideTag(_ source: String) -> Bool {
    func last(_ pairs: [String]) -> String.Index? {
      pairs.compactMap { source.ranges(of: $0).last?.lowerBound }.max()
    }
    guard let opening = last(["{{", "{%"]) else { return false }
    return last(["}}", "%}"]).map { $0 < opening } ?? true
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
}
