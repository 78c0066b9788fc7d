/// Expressions, one function for each level of precedence as in Jinja2's parser.
extension TemplateParser {
  /// One expression, or several with commas between, which are a tuple.
  mutating func tuple(allowsConditional: Bool = true) throws -> TemplateExpression {
    let first = allowsConditional ? try expression() : try nested { try $0.or() }
    guard current?.kind == .symbol(",") else { return first }
    var elements = [first]
    while acceptSymbol(",") {
      if isAtEnd { break }
      elements.append(allowsConditional ? try expression() : try nested { try $0.or() })
    }
    return .list(elements, isTuple: true)
  }

  private var isAtEnd: Bool {
    switch current?.kind {
    case nil, .endOutput, .endTag, .symbol(")"): true
    default: false
    }
  }

  mutating func expression() throws -> TemplateExpression {
    try nested { parser in
      var value = try parser.or()
      while parser.acceptName("if") {
        let condition = try parser.or()
        let otherwise = parser.acceptName("else") ? try parser.expression() : nil
        value = .conditional(value, condition: condition, otherwise: otherwise)
      }
      return value
    }
  }

  private mutating func or() throws -> TemplateExpression {
    var left = try and()
    while acceptName("or") { left = .or(left, try and()) }
    return left
  }

  private mutating func and() throws -> TemplateExpression {
    var left = try not()
    while acceptName("and") { left = .and(left, try not()) }
    return left
  }

  private mutating func not() throws -> TemplateExpression {
    guard acceptName("not") else { return try comparison() }
    return .not(try nested { try $0.not() })
  }

  private static let comparisons = ["==", "!=", ">=", "<=", ">", "<"]

  private mutating func comparison() throws -> TemplateExpression {
    let location = location
    let left = try sum()
    var others: [(operation: String, right: TemplateExpression)] = []
    while true {
      if let symbol = Self.comparisons.first(where: { current?.kind == .symbol($0) }) {
        position += 1
        others.append((symbol, try sum()))
      } else if acceptName("in") {
        others.append(("in", try sum()))
      } else if current?.kind == .name("not"), position + 1 < tokens.count,
        tokens[position + 1].kind == .name("in")
      {
        position += 2
        others.append(("not in", try sum()))
      } else {
        return others.isEmpty ? left : .comparison(left, others, location)
      }
    }
  }

  private mutating func sum() throws -> TemplateExpression {
    try binary(["+", "-"]) { try $0.concatenation() }
  }

  private mutating func concatenation() throws -> TemplateExpression {
    try binary(["~"]) { try $0.product() }
  }

  private mutating func product() throws -> TemplateExpression {
    try binary(["*", "/", "//", "%"]) { try $0.power() }
  }

  private mutating func power() throws -> TemplateExpression {
    try binary(["**"]) { try $0.unary() }
  }

  private mutating func binary(
    _ symbols: [String], _ operand: (inout Self) throws -> TemplateExpression
  ) throws -> TemplateExpression {
    var left = try operand(&self)
    while let symbol = symbols.first(where: { current?.kind == .symbol($0) }) {
      let location = location
      position += 1
      left = .binary(symbol, left, try operand(&self), location)
    }
    return left
  }

  private mutating func unary(filters: Bool = true) throws -> TemplateExpression {
    let location = location
    var value: TemplateExpression
    if acceptSymbol("-") {
      value = .negative(try nested { try $0.unary(filters: false) }, location)
    } else if acceptSymbol("+") {
      value = try nested { try $0.unary(filters: false) }
    } else {
      value = try postfix(try primary())
    }
    return filters ? try filtered(value) : value
  }

  // MARK: Primaries

  private mutating func primary() throws -> TemplateExpression {
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
    case .symbol("("): return try parenthesized()
    case .symbol("["): return .list(try elements(until: "]"), isTuple: false)
    case .symbol("{"): return try dictionary(token.location)
    default:
      position -= 1
      throw fault(expected: "an expression")
    }
  }

  private mutating func parenthesized() throws -> TemplateExpression {
    if acceptSymbol(")") { return .list([], isTuple: true) }
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

  private mutating func dictionary(_ location: TemplateFault.Place) throws -> TemplateExpression {
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

  // MARK: What follows a primary

  private mutating func postfix(_ value: TemplateExpression) throws -> TemplateExpression {
    var value = value
    while true {
      let location = location
      if acceptSymbol(".") {
        if case .integer(let index) = current?.kind {
          position += 1
          value = .item(value, .literal(.integer(index)), location)
        } else {
          value = .attribute(value, try expectName(), location)
        }
      } else if acceptSymbol("[") {
        value = try subscripted(value, location)
      } else if acceptSymbol("(") {
        value = try call(value, location)
      } else {
        return value
      }
    }
  }

  private mutating func call(
    _ value: TemplateExpression, _ location: TemplateFault.Place
  ) throws -> TemplateExpression {
    switch value {
    case .name(let name, let at) where TemplateFunction(rawValue: name) == nil:
      called.append((name, at))
    case .attribute(_, let name, let at) where TemplateMethod(rawValue: name) == nil:
      throw TemplateFault(
        at, "the method \"\(name)\"",
        expected: "one of " + TemplateMethod.allCases.map(\.rawValue).joined(separator: ", "))
    default: break
    }
    return .call(value, try arguments(), location)
  }

  private mutating func subscripted(
    _ value: TemplateExpression, _ location: TemplateFault.Place
  ) throws -> TemplateExpression {
    func isColonOrEnd(_ parser: Self) -> Bool {
      [.symbol(":"), .symbol("]")].contains(parser.current?.kind)
    }
    var parts: [TemplateExpression?] = [isColonOrEnd(self) ? nil : try expression()]
    var isSlice = false
    while parts.count < 3, acceptSymbol(":") {
      isSlice = true
      parts.append(isColonOrEnd(self) ? nil : try expression())
    }
    try expect(.symbol("]"), "]")
    if isSlice {
      return .slice(
        value, from: parts[0], to: parts[1], step: parts.count > 2 ? parts[2] : nil, location)
    }
    guard let index = parts[0] else { throw fault(expected: "an index") }
    return .item(value, index, location)
  }

  /// After the opening parenthesis.
  private mutating func arguments() throws -> TemplateExpression.Arguments {
    var arguments = TemplateExpression.Arguments()
    var isFirst = true
    while !acceptSymbol(")") {
      if !isFirst {
        try expect(.symbol(","), ", or )")
        if acceptSymbol(")") { break }
      }
      isFirst = false
      if [.symbol("*"), .symbol("**")].contains(current?.kind) {
        throw fault("unpacked arguments", expected: "arguments one by one")
      }
      if case .name(let name) = current?.kind, position + 1 < tokens.count,
        tokens[position + 1].kind == .symbol("=")
      {
        position += 2
        arguments.named.append((name, try expression()))
      } else {
        arguments.positional.append(try expression())
      }
    }
    return arguments
  }

  private mutating func filtered(_ value: TemplateExpression) throws -> TemplateExpression {
    var value = value
    while true {
      let location = location
      if acceptSymbol("|") {
        let name = try expectName()
        guard TemplateFilter(rawValue: name) != nil else {
          throw TemplateFault(
            location, "the filter \"\(name)\"",
            expected: "one of " + TemplateFilter.allCases.map(\.rawValue).joined(separator: ", "))
        }
        value = .filter(name, value, acceptSymbol("(") ? try arguments() : .init(), location)
      } else if acceptName("is") {
        value = try test(value, location)
      } else if acceptSymbol("(") {
        value = try call(value, location)
      } else {
        return value
      }
    }
  }

  private mutating func test(
    _ value: TemplateExpression, _ location: TemplateFault.Place
  ) throws -> TemplateExpression {
    let isNegated = acceptName("not")
    let name: String
    if acceptName("in") { name = "in" } else { name = try expectName() }
    guard TemplateTest(rawValue: name) != nil else {
      throw TemplateFault(
        location, "the test \"\(name)\"",
        expected: "one of " + TemplateTest.allCases.map(\.rawValue).joined(separator: ", "))
    }
    var arguments = TemplateExpression.Arguments()
    if acceptSymbol("(") {
      arguments = try self.arguments()
    } else if isOperand {
      arguments.positional = [try postfix(try primary())]
    }
    let test = TemplateExpression.test(name, value, arguments, location)
    return isNegated ? .not(test) : test
  }

  /// Whether what follows a test's name is its argument without parentheses.
  private var isOperand: Bool {
    switch current?.kind {
    case .name(let name): !["else", "or", "and", "if", "is", "in", "not"].contains(name)
    case .string, .integer, .real, .symbol("["), .symbol("{"): true
    default: false
    }
  }
}
