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

  private static let endless: [(template: String, found: String)] =
    [
      (
        String(repeating: "(", count: 100) + "1" + String(repeating: ")", count: 100),
        "deeper nesting"
      ),
      (String(repeating: "not ", count: 100) + "1", "deeper nesting"),
      (String(repeating: "[", count: 100) + String(repeating: "]", count: 100), "deeper nesting"),
      (String(repeating: "- ", count: 100) + "1", "deeper nesting"),
    ]
    + ["+ 1", "or 1", "and 1", "| int", ".a", "[0]", "()", "is odd", "if 1", "~ 1"].map {
      // Each link wraps all that stands before it.
      ("x " + String(repeating: " \($0)", count: 600), "a longer expression")
    }

  @Test(arguments: endless.indices) func depthIsLimited(index: Int) {
    let error = #expect(throws: InputError.self) {
      try ChatTemplate("{{ \(Self.endless[index].template) }}", bos: nil, eos: nil)
    }
    #expect(error?.found == Self.endless[index].found)
  }

  /// Names of arguments, parameters and variables are compared with one another.
  @Test(arguments: [
    ("{{ dict(LIST) }}", "=1", "more arguments"),
    ("{% macro f(LIST) %}{% endmacro %}", "", "more parameters"),
    ("{% set LIST = messages %}", "", "more names"),
    ("{% for LIST in messages %}{% endfor %}", "", "more names"),
  ])
  func namesAreLimited(template: String, value: String, found: String) throws {
    func source(_ count: Int) -> String {
      template.replacing("LIST", with: (0..<count).map { "a\($0)\(value)" }.joined(separator: ","))
    }
    _ = try ChatTemplate(source(255), bos: nil, eos: nil)
    let error = #expect(throws: InputError.self) {
      try ChatTemplate(source(256), bos: nil, eos: nil)
    }
    #expect(error?.found == found)
  }

  private static let greedy: [(template: String, found: String)] = [
    ("{{ range(2000000) }}", "a longer range"), ("{{ 'ab' * 99999999999 }}", "a longer text"),
    ("{{ [1] * 99999999999 }}", "a longer list"),
    ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "deeper nesting"),
    (
      "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
      "a template that takes too long"
    ),
    (
      String(repeating: "{% for a in 'abcdefghi' %}", count: 8)
        + String(repeating: "{% endfor %}", count: 8), "a template that takes too long"
    ),
    (
      "{% set n = namespace(x='aaaaaaaaaa') %}{% for i in range(40) %}"
        + "{% set n.x = n.x ~ n.x %}{% endfor %}", "a template that takes too long"
    ),
    (
      "{% set n = namespace(x='aaaaaaaaaa') %}{% for i in range(40) %}"
        + "{% set n.x = n.x | replace('a', 'aaaaaaaaaa') %}{% endfor %}", "a longer text"
    ),
    ("{{ ('a' * 60000000) }}{{ ('a' * 60000000) }}", "a template that takes too long"),
    (
      "{% set n = namespace(x=[]) %}{% for i in range(99) %}{% set n.x = [n.x] %}{% endfor %}",
      "a list of too much"
    ),
    (
      "{% set n = namespace(x=[]) %}{% for i in range(99) %}{% set n.x = dict(a=n.x) %}{% endfor %}",
      "a dict of too much"
    ),
    ("{% set a = [1] * 999 %}{% set a = [a] * 999 %}{{ [a] * 999 }}", "a list of too much"),
    (
      "{% set a = 'ab' * 9000000 %}{% for i in range(999) %}{% set b = a | upper %}{% endfor %}",
      "a template that takes too long"
    ),
    (
      "{% set a = 'ab' * 9000000 %}{% for i in range(999) %}{% set b = a == a %}{% endfor %}",
      "a template that takes too long"
    ),
    ("{{ range(99999) | unique | length }}", "a template that takes too long"),
    ("{{ ('ab' * 99999) | unique | length }}", "a template that takes too long"),
    (
      "{{ [{}] | map(attribute='\(String(repeating: "a.", count: 16))b') | list }}", "the attribute"
    ),
    (
      "{{ [{}] | map(attribute='\(String(repeating: "a", count: 1025))') | list }}", "the attribute"
    ),
    (
      "{{ 'a' | map(\([String](repeating: "'map'", count: 200).joined(separator: ","))) | list }}",
      "deeper nesting"
    ),
    ("{{ range(9999) | join('a' * 99999) | length }}", "a longer text"),
    ("{{ ('a' * 99999).join(['']  * 9999) | length }}", "a longer text"),
    (
      "{% for i in range(99999) %}"
        + String(repeating: "{% if 0 %}{% endif %}", count: 1000) + "{% endfor %}",
      "a template that does not end"
    ),
    (
      "{% set d = dict(\((0..<200).map { "a\($0)=1" }.joined(separator: ","))) %}"
        + "{% for i in range(999999) %}{% set x = d.b %}{% endfor %}",
      "a template that takes too long"
    ),
    (
      "{% for i in range(999999) %}{% set n = namespace(a=1, b=2) %}{% endfor %}",
      "a template that takes too long"
    ),
    (
      "{{ range(9999) | map(attribute=range(9999) | list) | list }}",
      "a template that takes too long"
    ),
    (
      "{% set t = range(200) | list %}{% for i in range(99999) %}{% set "
        + (0..<200).map { "a\($0)" }.joined(separator: ",") + " = t %}{% endfor %}",
      "a template that takes too long"
    ),
    (
      "{% set s = 'a' * 999999 %}" + String(repeating: "{% for a in s %}", count: 9)
        + String(repeating: "{% endfor %}", count: 9), "a template that takes too long"
    ),
    ("{{ ('a' * 16000000) | title | length }}", "a template that takes too long"),
    ("{{ ('a' * 16000000)[::1] | length }}", "a template that takes too long"),
    ("{% set x = 'a' * 9000000 %}{{ x in x }}", "a template that takes too long"),
    ("{{ ('\\n' * 2000000) | indent | length }}", "a text of more lines"),
    ("{{ [{}, {}] | sort(attribute='a,b') }}", "the attribute \"a,b\""),
    ("{{ [1] | tojson(separators=(1, 2)) }}", "the separators (1, 2)"),
    ("{{ [1] | tojson(indent=' ') }}", "str as indent"),
    ("{{ 1.5 | round(16) }}", "the precision 16"),
    ("{{ 1 | round(1, 'up') }}", "the method \"up\""),
    ("{{ {} | dictsort(by='size') }}", "by \"size\""),
    ("{{ [{}, {}] | min(attribute='a') }}", "dict without the attribute"),
    ("{{ {}.get() }}", "get without a key"), ("{{ 'a'.split(1) }}", "a separator that is no text"),
    ("{{ 'a'.split(' ', 'x') }}", "str as maxsplit"),
    ("{{ 'a'.upper(1) }}", "1 arguments of the method upper"),
    ("{{ 'a'.strip(chars='a') }}", "the argument chars of the method strip"),
    ("{{ 1e20 | int }}", "1e+20 as int"), ("{{ '1e30' | int }}", "1e+30 as int"),
    ("{{ '1_000' | int }}", "the number \"1_000\""),
    ("{{ [9223372036854775807, 1] | sum }}", "9223372036854775807 + 1"),
    ("{{ [[1], [1]] | unique | list }}", "unique of list"),
    ("{{ [1] | select('eq', 1, 2) | list }}", "2 arguments of the test eq"),
    ("{{ range(3, step=2) }}", "2 arguments of range"),
    ("{{ ([1] * 300000) | tojson(indent=64) }}", "a longer text"),
    ("{{ ('a' * 2000000) | list }}", "a longer text"),
    ("{{ ('a,' * 2000000).split(',') }}", "a list of 1048577"),
    ("{{ ('a ' * 2000000).split() }}", "a list of 1048577"),
    ("{{ ('a\n' * 2000000).splitlines() }}", "a list of 1048577"),
    ("{{ 9223372036854775807 + 1 }}", "9223372036854775807 + 1"),
    ("{{ -9223372036854775807 * 2 }}", "-9223372036854775807 * 2"),
    ("{{ 10 ** 100 }}", "10 ** 100"), ("{{ ('a\n' * 9) | indent(99999999999) }}", "a longer text"),
    ("{{ strftime_now('%Q') }}", "the format \"%Q\""),
    ("{{ strftime_now('%') }}", "the format \"%\""),
    ("{{ messages[::0] }}", "a step of 0"), ("{{ range(1, 2, 0) }}", "a step of 0"),
    ("{{ 1 % 0 }}", "a division by zero"), ("{{ 1.0 / 0 }}", "a division by zero"),
    ("{{ raise_exception('Roles must alternate') }}", "Roles must alternate"),
  ]

  @Test(arguments: greedy.indices) func whatARenderingTakesIsLimited(index: Int) throws {
    let (source, found) = Self.greedy[index]
    let template = try ChatTemplate(source, bos: nil, eos: nil, file: "m", location: "t")
    let error = #expect(throws: InputError.self) {
      try template.render([], addGenerationPrompt: false)
    }
    #expect(error?.found.contains(found) == true, "\(error?.found ?? "")")
    #expect(error?.location.hasPrefix("t, line ") == true)
  }

  @Test func aTemplateIsNoLongerThanItMayBe() {
    let error = #expect(throws: InputError.self) {
      try ChatTemplate(String(repeating: "x", count: 2 << 20), bos: nil, eos: nil)
    }
    #expect(error?.found == "a template of 2097152 bytes")
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
