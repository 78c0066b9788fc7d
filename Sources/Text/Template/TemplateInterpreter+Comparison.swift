extension TemplateInterpreter {
  mutating func compare(
    _ first: TemplateExpression, _ others: [(operation: String, right: TemplateExpression)],
    _ location: Location
  ) throws -> TemplateValue {
    try step(location)
    var left = try evaluate(first)
    for (operation, right) in others {
      let right = try evaluate(right)
      let searches = ["in", "not in"].contains(operation)
      try charge(comparing: left, right, searches: searches, location)
      guard try compare(operation, left, right, location) else { return .bool(false) }
      left = right
    }
    return .bool(true)
  }

  /// Counts a comparison, in which the members of a dict are looked up one by one.
  ///
  /// - Parameter searches: whether the left value is looked for in the right one.
  mutating func charge(
    comparing left: TemplateValue, _ right: TemplateValue, searches: Bool, _ location: Location
  ) throws {
    if searches { try chargeArgument(left, location) }
    for value in [left, right] {
      var times = 1
      if case .dictionary(let dictionary) = value { times = max(1, dictionary.members.count) }
      try chargeAll(value, times: times, location)
    }
  }

  func compare(
    _ operation: String, _ left: TemplateValue, _ right: TemplateValue, _ location: Location
  ) throws -> Bool {
    switch operation {
    case "==": return left == right
    case "!=": return left != right
    case "in": return try contains(right, left, location)
    case "not in": return !(try contains(right, left, location))
    default:
      let isBefore = ["<", ">="].contains(operation)
      guard let precedes = isBefore ? left.precedes(right) : right.precedes(left) else {
        throw TemplateFault(
          location, "\(left.described) \(operation) \(right.described)",
          expected: "two values that can be ordered")
      }
      return ["<", ">"].contains(operation) ? precedes : !precedes
    }
  }

  func contains(
    _ container: TemplateValue, _ value: TemplateValue, _ location: Location
  ) throws -> Bool {
    switch (container, value) {
    case (.string(let text), .string(let part)): return text.finds(part) != nil
    case (.string, _):
      throw TemplateFault(location, "\(value.described) in a text", expected: "a text in a text")
    case (.dictionary(let members), _): return members[value] != nil
    default: return try elements(of: container, location).contains(value)
    }
  }
}
