/// Reads a template's statements. What the interpreter does not know is refused here, by name, before
/// anything is rendered.
struct TemplateParser {
  private(set) var tokens: [TemplateToken]
  var position = 0
  var depth = 0
  /// Names that the template sets somewhere: macros and variables.
  private(set) var assigned: Set<String> = []
  /// Calls of names that are no function of ours: the template must set them.
  var called: [(name: String, location: TemplateFault.Place)] = []

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

  var location: TemplateFault.Place {
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

  /// Runs one level deeper.
  mutating func nested<Result>(_ body: (inout Self) throws -> Result) throws -> Result {
    guard depth < TemplateLimits.depth else {
      throw fault(
        "more than that", expected: "at most \(TemplateLimits.depth) levels in one another")
    }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  // MARK: Statements

  /// - Parameter ends: tags that end the statements; the reader stands after their name then.
  private mutating func statements(until ends: Set<String>) throws -> [TemplateNode] {
    var nodes: [TemplateNode] = []
    let start = location
    while let token = current {
      position += 1
      switch token.kind {
      case .text(let text): nodes.append(.text(text))
      case .beginOutput:
        nodes.append(.output(try tuple(), token.location))
        try expect(.endOutput, "}}")
      case .beginTag:
        guard case .name(let name) = current?.kind else { throw fault(expected: "a tag") }
        if ends.contains(name) { return nodes }
        position += 1
        if let node = try nested({ try $0.statement(name, token.location) }) { nodes.append(node) }
      default: throw TemplateFault(token.location, token.shown, expected: "text, {{ or {%")
      }
    }
    guard ends.isEmpty else {
      throw TemplateFault(
        start, "a block that nothing ends",
        expected: ends.sorted().map { "{% \($0) %}" }.joined(separator: " or "))
    }
    return nodes
  }

  private static let tags =
    "for, if, set, macro, break, continue, generation"

  private mutating func statement(
    _ name: String, _ location: TemplateFault.Place
  ) throws -> TemplateNode? {
    switch name {
    case "for": return try loop(location)
    case "if": return try branch()
    case "set": return try set(location)
    case "macro": return try macro()
    case "break", "continue":
      try expect(.endTag, "%}")
      return name == "break" ? .stop : .skip
    case "generation":
      // Marks the assistant's words for training; what is in it is rendered.
      try expect(.endTag, "%}")
      let body = try statements(until: ["endgeneration"])
      try end("endgeneration")
      return .branch([(.literal(.bool(true)), body)], otherwise: [])
    default:
      throw TemplateFault(location, "the tag \"\(name)\"", expected: "one of \(Self.tags)")
    }
  }

  private mutating func end(_ name: String) throws {
    try expect(.name(name), name)
    try expect(.endTag, "%}")
  }

  private mutating func loop(_ location: TemplateFault.Place) throws -> TemplateNode {
    let targets = try targets()
    try expect(.name("in"), "in")
    let sequence = try tuple(allowsConditional: false)
    let filter = acceptName("if") ? try expression() : nil
    if acceptName("recursive") {
      throw TemplateFault(location, "a recursive loop", expected: "a loop that is not recursive")
    }
    try expect(.endTag, "%}")
    let body = try statements(until: ["else", "endfor"])
    var otherwise: [TemplateNode] = []
    if acceptName("else") {
      try expect(.endTag, "%}")
      otherwise = try statements(until: ["endfor"])
    }
    try end("endfor")
    return .loop(
      .init(
        targets: targets, sequence: sequence, filter: filter, body: body, otherwise: otherwise,
        location: location))
  }

  /// Names that are given values, in parentheses or not.
  private mutating func targets() throws -> [String] {
    let isWrapped = acceptSymbol("(")
    var names = [try expectName()]
    while acceptSymbol(",") {
      if case .name = current?.kind { names.append(try expectName()) }
    }
    if isWrapped { try expect(.symbol(")"), ")") }
    assigned.formUnion(names)
    return names
  }

  private mutating func branch() throws -> TemplateNode {
    var branches: [(condition: TemplateExpression, body: [TemplateNode])] = []
    var otherwise: [TemplateNode] = []
    repeat {
      let condition = try tuple()
      try expect(.endTag, "%}")
      branches.append((condition, try statements(until: ["elif", "else", "endif"])))
    } while acceptName("elif")
    if acceptName("else") {
      try expect(.endTag, "%}")
      otherwise = try statements(until: ["endif"])
    }
    try end("endif")
    return .branch(branches, otherwise: otherwise)
  }

  private mutating func set(_ location: TemplateFault.Place) throws -> TemplateNode {
    let first = try targets()
    var target = TemplateNode.Target.names(first)
    if first.count == 1, acceptSymbol(".") {
      target = .attribute(first[0], try expectName())
    }
    if acceptSymbol("=") {
      let value = try tuple()
      try expect(.endTag, "%}")
      return .set(target, value, location)
    }
    guard current?.kind == .endTag else { throw fault(expected: "= or %}") }
    try expect(.endTag, "%}")
    let body = try statements(until: ["endset"])
    try end("endset")
    return .capture(target, body, location)
  }

  private mutating func macro() throws -> TemplateNode {
    let name = try expectName()
    assigned.insert(name)
    try expect(.symbol("("), "(")
    var parameters: [(name: String, value: TemplateExpression?)] = []
    while !acceptSymbol(")") {
      if !parameters.isEmpty { try expect(.symbol(","), ", or )") }
      let parameter = try expectName()
      assigned.insert(parameter)
      parameters.append((parameter, acceptSymbol("=") ? try expression() : nil))
    }
    try expect(.endTag, "%}")
    let body = try statements(until: ["endmacro"])
    try end("endmacro")
    return .macro(.init(name: name, parameters: parameters, body: body))
  }
}
