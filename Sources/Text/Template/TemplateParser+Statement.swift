extension TemplateParser {
  /// Parses statements up to a tag in `ends`, and stops before that tag's name.
  mutating func statements(until ends: Set<String>) throws -> [TemplateNode] {
    var nodes: [TemplateNode] = []
    let start = location
    while let token = current {
      position += 1
      begin()
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
        start, "a block that is not ended",
        expected: ends.sorted().map { "{% \($0) %}" }.joined(separator: " or "))
    }
    return nodes
  }

  private static let tags =
    "for, if, set, macro, break, continue, generation"

  private mutating func statement(
    _ name: String, _ location: TemplateFault.Location
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
      // The tag marks the assistant's words for training; its contents are rendered as usual.
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

  private mutating func loop(_ location: TemplateFault.Location) throws -> TemplateNode {
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

  /// Parses the names of an assignment or a loop, with or without parentheses.
  private mutating func targets() throws -> [String] {
    let isWrapped = acceptSymbol("(")
    var names = [try expectName()]
    while acceptSymbol(",") {
      try limit(names.count, "names")
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

  private mutating func set(_ location: TemplateFault.Location) throws -> TemplateNode {
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
      try limit(parameters.count, "parameters")
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
