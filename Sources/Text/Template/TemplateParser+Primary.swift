extension TemplateParser {
  mutating func primary() throws -> TemplateExpression {
    guard let token = current else { throw fault(expected: "an expression") }
    position += 1
    switch token.kind {
    case .name("true"), .name("True"): return .literal(.bool(true))
    case .name("false"), .name("False"): return .literal(.bool(false))
    case .name("none"), .name("None"): return .literal(.none)
    case .name(let name): return .name(name, token.location)
    case .integer(let number): return .literal(.integer(number))
    case .real(let number): return .literal(.real(number))
    case .string(var text):
      while case .string(let more) = current?.kind {
        text += more
        position += 1
      }
      return .literal(.string(text))
    case .symbol("("): return try parenthesized(token.location)
    case .symbol("["): return .list(try elements(until: "]"), isTuple: false, token.location)
    case .symbol("{"): return try dictionary(token.location)
    default:
      position -= 1
      throw fault(expected: "an expression")
    }
  }

  private mutating func parenthesized(
    _ location: TemplateFault.Location
  ) throws -> TemplateExpression {
    if acceptSymbol(")") { return .list([], isTuple: true, location) }
    let value = try tuple()
    try expect(.symbol(")"), ")")
    return value
  }

  private mutating func elements(until end: String) throws -> [TemplateExpression] {
    var elements: [TemplateExpression] = []
    while !acceptSymbol(end) {
      if !elements.isEmpty {
        try expect(.symbol(","), ", or \(end)")
        if acceptSymbol(end) { break }
      }
      elements.append(try expression())
    }
    return elements
  }

  private mutating func dictionary(_ location: TemplateFault.Location) throws -> TemplateExpression
  {
    var members: [(key: TemplateExpression, value: TemplateExpression)] = []
    while !acceptSymbol("}") {
      if !members.isEmpty {
        try expect(.symbol(","), ", or }")
        if acceptSymbol("}") { break }
      }
      let key = try expression()
      try expect(.symbol(":"), ":")
      members.append((key, try expression()))
    }
    return .dictionary(members, location)
  }
}
