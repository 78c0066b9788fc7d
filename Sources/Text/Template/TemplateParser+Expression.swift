/// Expressions, with one function per precedence level as in Jinja2's parser.
extension TemplateParser {
  /// Parses one expression, or several separated by commas, which form a tuple.
  mutating func tuple(allowsConditional: Bool = true) throws -> TemplateExpression {
    let location = location
    let first = allowsConditional ? try expression() : try nested { try $0.or() }
    guard current?.kind == .symbol(",") else { return first }
    var elements = [first]
    while acceptSymbol(",") {
      if isAtEnd { break }
      elements.append(allowsConditional ? try expression() : try nested { try $0.or() })
    }
    return .list(elements, isTuple: true, location)
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
        try parser.link()
        let condition = try parser.or()
        let otherwise = parser.acceptName("else") ? try parser.expression() : nil
        value = .conditional(value, condition: condition, otherwise: otherwise)
      }
      return value
    }
  }

  private mutating func or() throws -> TemplateExpression {
    var left = try and()
    while acceptName("or") {
      try link()
      left = .or(left, try and())
    }
    return left
  }

  private mutating func and() throws -> TemplateExpression {
    var left = try not()
    while acceptName("and") {
      try link()
      left = .and(left, try not())
    }
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
      try link()
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
}
