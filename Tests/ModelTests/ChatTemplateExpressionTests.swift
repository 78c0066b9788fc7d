import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// Small expressions beside Jinja2: tools/golden/template_expressions.py.
@Suite struct ChatTemplateExpressionTests {
  private static func rows() throws -> [(template: String, text: String?)] {
    let file = "templates/expressions.jsonl"
    return try Golden.bytes(file).split(separator: UInt8(ascii: "\n")).map {
      let pair = try JSONNode(.parse(Array($0), file: file), file: file).elements()
      if case .null = pair[1].value { return (try pair[0].string(), nil) }
      return (try pair[0].string(), try pair[1].string())
    }
  }

  /// What is not supported is refused, and nothing that is rendered differs.
  @Test func nothingIsRenderedThatJinjaRendersOtherwise() throws {
    let rows = try Self.rows()
    #expect(rows.count > 3000)
    var refused: [String] = []
    for (template, expected) in rows {
      do {
        let found = try ChatTemplate(template, bos: nil, eos: nil)
          .render([], addGenerationPrompt: true)
        #expect(
          expected.map { found.isSame($0) } == true,
          "\(template): \(found), expected \(expected ?? "an error")")
      } catch is InputError {
        if expected != nil { refused.append(template) }
      }
    }
    // Texts and fractions as `indent`, slices of numbers, which Jinja makes undefined values of, and the like.
    #expect(refused.count <= 84, "\(refused)")
  }
}
