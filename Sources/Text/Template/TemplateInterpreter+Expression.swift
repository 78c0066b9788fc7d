extension TemplateInterpreter {
  mutating func evaluate(_ expression: TemplateExpression) throws -> TemplateValue {
    switch expression {
    case .literal(let value):
      try step()
      return value
    case .name(let name, let location):
      try step(location)
      try charge(scopeCount, location)
      return lookUp(name)
    case .list(let elements, let isTuple, let location):
      try step(location)
      let list = TemplateValue.list(try elements.map { try evaluate($0) }, isTuple: isTuple)
      return try checked(list, location)
    case .dictionary(let members, let location):
      try step(location)
      return try dictionary(members, location)
    case .attribute(let value, let name, let location):
      try step(location)
      return try attribute(name, of: try evaluate(value), location)
    case .item(let value, let index, let location):
      try step(location)
      let (index, value) = (try evaluate(index), try evaluate(value))
      return try item(index, of: value, location)
    case .slice(let value, let from, let to, let by, let location):
      try step(location)
      let value = try evaluate(value)
      // As characters a text takes several times its bytes.
      try chargeElements(value, times: TemplateFilter.timesForCharacters, location)
      return try slice(
        value, try from.map { try evaluate($0) }, try to.map { try evaluate($0) },
        try by.map { try evaluate($0) }, location)
    case .call(let callee, let arguments, let location):
      try step(location)
      return try nested(location) { try $0.call(callee, arguments, location) }
    case .filter(let name, let value, let arguments, let location):
      try step(location)
      let given = try self.arguments(arguments)
      guard let filter = TemplateFilter(rawValue: name) else { return .none }
      let result = try apply(
        filter, to: try evaluate(value), given.positional, given.named, location)
      return filter.givesAPart ? result : try checked(result, location)
    case .test(let name, let value, let arguments, let location):
      try step(location)
      let given = try self.arguments(arguments)
      guard let test = TemplateTest(rawValue: name) else { return .none }
      return .bool(try tested(test, try evaluate(value), given.positional, location))
    case .not(let value):
      try step()
      return .bool(!(try evaluate(value).isTrue))
    case .and(let left, let right):
      try step()
      let value = try evaluate(left)
      return value.isTrue ? try evaluate(right) : value
    case .or(let left, let right):
      try step()
      let value = try evaluate(left)
      return value.isTrue ? value : try evaluate(right)
    case .negative(let value, let location):
      try step(location)
      return try negative(try evaluate(value), location)
    case .binary(let operation, let left, let right, let location):
      try step(location)
      let (left, right) = (try evaluate(left), try evaluate(right))
      if operation == "~" {
        for value in [left, right] { try chargeText(of: value, location) }
      }
      return try checked(try apply(operation, left, right, location), location)
    case .comparison(let first, let others, let location):
      return try compare(first, others, location)
    case .conditional(let value, let condition, let otherwise):
      try step()
      if try evaluate(condition).isTrue { return try evaluate(value) }
      return try otherwise.map { try evaluate($0) } ?? .undefined("the value of an if without else")
    }
  }

  private mutating func dictionary(
    _ members: [(key: TemplateExpression, value: TemplateExpression)], _ location: Location
  ) throws -> TemplateValue {
    var dictionary = TemplateDictionary()
    for (key, value) in members {
      // Members are looked up one by one.
      try chargeAll(.dictionary(dictionary), location)
      dictionary[try evaluate(key)] = try evaluate(value)
    }
    return try checked(.dictionary(dictionary), location)
  }

  /// A test that compares is counted before it runs.
  mutating func tested(
    _ test: TemplateTest, _ value: TemplateValue, _ arguments: [TemplateValue],
    _ location: Location
  ) throws -> Bool {
    if test.compares {
      try charge(comparing: value, arguments.first ?? .none, searches: test == .in, location)
    }
    return try apply(test, to: value, arguments, location)
  }

  mutating func arguments(
    _ arguments: TemplateExpression.Arguments
  ) throws -> (positional: [TemplateValue], named: [String: TemplateValue]) {
    var named: [String: TemplateValue] = [:]
    for (name, value) in arguments.named { named[name] = try evaluate(value) }
    return (try arguments.positional.map { try evaluate($0) }, named)
  }
}
