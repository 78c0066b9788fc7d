import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// What a template may be and may cost: beyond it is an error that says where.
@Suite struct ChatTemplateLimitTests {
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
}
