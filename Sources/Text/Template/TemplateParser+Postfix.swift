extension TemplateParser {
  mutating func postfix(_ value: TemplateExpression) throws -> TemplateExpression {
    var value = value
    while true {
      let location = location
      guard let symbol = [".", "[", "("].first(where: { acceptSymbol($0) }) else { return value }
      try link()
      switch symbol {
      case ".":
        if case .integer(let index) = current?.kind {
          position += 1
          value = .item(value, .literal(.integer(index)), location)
        } else {
          value = .attribute(value, try expectName(), location)
        }
      case "[": value = try subscripted(value, location)
      default: value = try call(value, location)
      }
    }
  }

  private mutating func call(
    _ value: TemplateExpression, _ location: TemplateFault.Location
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
    _ value: TemplateExpression, _ location: TemplateFault.Location
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

  /// Parses arguments after the opening parenthesis.
  private mutating func arguments() throws -> TemplateExpression.Arguments {
    var arguments = TemplateExpression.Arguments()
    var isFirst = true
    while !acceptSymbol(")") {
      if !isFirst {
        try expect(.symbol(","), ", or )")
        if acceptSymbol(")") { break }
      }
      isFirst = false
      try limit(arguments.positional.count + arguments.named.count, "arguments")
      if [.symbol("*"), .symbol("**")].contains(current?.kind) {
        throw fault("unpacked arguments", expected: "arguments one by one")
      }
      if case .name(let name) = current?.kind, position + 1 < tokens.count,
        tokens[position + 1].kind == .symbol("=")
      {
        position += 2
        guard !arguments.named.contains(where: { $0.name == name }) else {
          throw fault("the argument \(name) twice", expected: "it once")
        }
        arguments.named.append((name, try expression()))
      } else {
        guard arguments.named.isEmpty else {
          throw fault("an argument without a name behind a named one", expected: "it before those")
        }
        arguments.positional.append(try expression())
      }
    }
    return arguments
  }

  mutating func filtered(_ value: TemplateExpression) throws -> TemplateExpression {
    var value = value
    while true {
      let location = location
      if acceptSymbol("|") {
        value = try filter(value, location)
      } else if acceptName("is") {
        value = try test(value, location)
      } else if acceptSymbol("(") {
        value = try call(value, location)
      } else {
        return value
      }
      try link()
    }
  }

  private mutating func filter(
    _ value: TemplateExpression, _ location: TemplateFault.Location
  ) throws -> TemplateExpression {
    let name = try expectName()
    guard let filter = TemplateFilter(rawValue: name) else {
      throw TemplateFault(
        location, "the filter \"\(name)\"",
        expected: "one of " + TemplateFilter.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let given = acceptSymbol("(") ? try arguments() : .init()
    if !filter.goesOn {
      try TemplateArguments.check(
        given.positional.count, given.named.map(\.name), parameters: filter.parameters,
        of: filter.callee, location)
    }
    return .filter(name, value, given, location)
  }

  private mutating func test(
    _ value: TemplateExpression, _ location: TemplateFault.Location
  ) throws -> TemplateExpression {
    let isNegated = acceptName("not")
    let name: String
    if acceptName("in") { name = "in" } else { name = try expectName() }
    guard let known = TemplateTest(rawValue: name) else {
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
    try known.check(arguments.positional.count, arguments.named.map(\.name), location)
    let test = TemplateExpression.test(name, value, arguments, location)
    return isNegated ? .not(test) : test
  }

  /// Whether the tokens after a test's name are its argument, given without parentheses.
  private var isOperand: Bool {
    switch current?.kind {
    case .name(let name): !["else", "or", "and", "if", "is", "in", "not"].contains(name)
    case .string, .integer, .real, .symbol("["), .symbol("{"): true
    default: false
    }
  }
}
