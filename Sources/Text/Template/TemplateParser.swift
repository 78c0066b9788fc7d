/// Parses the statements of a template. Constructs that the interpreter does not support are
/// refused by name before anything is rendered.
struct TemplateParser {
  let tokens: [TemplateToken]
  var position = 0
  var depth = 0
  /// The links of the expression that is being parsed.
  private var links = 0
  /// The macros and variables that the template sets anywhere.
  var assigned: Set<String> = []
  /// The calls of names that are not built-in functions, so that the template must set them.
  var called: [(name: String, location: TemplateFault.Location)] = []

  static func parse(_ template: String) throws -> [TemplateNode] {
    var parser = TemplateParser(tokens: try TemplateLexer.tokens(of: template))
    let nodes = try parser.statements(until: [])
    for call in parser.called where !parser.assigned.contains(call.name) {
      throw TemplateFault(
        call.location, "the function \"\(call.name)\"",
        expected: "one of " + TemplateFunction.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return nodes
  }

  // MARK: Tokens

  var current: TemplateToken? { position < tokens.count ? tokens[position] : nil }

  var location: TemplateFault.Location {
    current?.location ?? tokens.last?.location ?? .init(line: 1, column: 1)
  }

  func fault(_ found: String? = nil, expected: String) -> TemplateFault {
    TemplateFault(location, found ?? current?.shown ?? "the end", expected: expected)
  }

  mutating func accept(_ kind: TemplateToken.Kind) -> Bool {
    guard current?.kind == kind else { return false }
    position += 1
    return true
  }

  mutating func acceptSymbol(_ symbol: String) -> Bool { accept(.symbol(symbol)) }
  mutating func acceptName(_ name: String) -> Bool { accept(.name(name)) }

  mutating func expect(_ kind: TemplateToken.Kind, _ text: String) throws {
    guard accept(kind) else { throw fault(expected: text) }
  }

  mutating func expectName() throws -> String {
    guard case .name(let name) = current?.kind else { throw fault(expected: "a name") }
    position += 1
    return name
  }

  /// Begins another expression.
  mutating func begin() { links = 0 }

  /// Counts an operator, a filter or something else that makes the expression before it a part of another.
  mutating func link() throws {
    links += 1
    guard links <= TemplateLimits.links else {
      throw fault(
        "a longer expression",
        expected: "at most \(TemplateLimits.links) operators, filters and calls in one")
    }
  }

  /// Refuses one more of what a call, a macro or an assignment has `count` of.
  func limit(_ count: Int, _ what: String) throws {
    guard count < TemplateLimits.names else {
      throw fault("more \(what)", expected: "at most \(TemplateLimits.names) \(what)")
    }
  }

  /// Runs `body` one nesting level deeper.
  mutating func nested<Result>(_ body: (inout Self) throws -> Result) throws -> Result {
    guard depth < TemplateLimits.depth else {
      throw fault(
        "deeper nesting", expected: "at most \(TemplateLimits.depth) levels")
    }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }
}
