import Glibc

extension TemplateInterpreter {
  mutating func evaluate(_ expression: TemplateExpression) throws -> TemplateValue {
    switch expression {
    case .literal(let value): return value
    case .name(let name, let location):
      try step(location)
      return lookUp(name)
    case .list(let elements, let isTuple):
      return .list(try elements.map { try evaluate($0) }, isTuple: isTuple)
    case .dictionary(let members, let location): return try dictionary(members, location)
    case .attribute(let value, let name, let location):
      return try attribute(name, of: try evaluate(value), location)
    case .item(let value, let index, let location):
      return try item(try evaluate(index), of: try evaluate(value), location)
    case .slice(let value, let from, let to, let step, let location):
      return try slice(
        try evaluate(value), try from.map { try evaluate($0) }, try to.map { try evaluate($0) },
        try step.map { try evaluate($0) }, location)
    case .call(let callee, let arguments, let location):
      try step(location)
      return try nested(location) { try $0.call(callee, arguments, location) }
    case .filter(let name, let value, let arguments, let location):
      try step(location)
      let given = try self.arguments(arguments)
      guard let filter = TemplateFilter(rawValue: name) else { return .none }
      return try checked(
        try apply(filter, to: try evaluate(value), given.positional, given.named, location),
        location)
    case .test(let name, let value, let arguments, let location):
      let given = try self.arguments(arguments)
      guard let test = TemplateTest(rawValue: name) else { return .none }
      return .bool(try apply(test, to: try evaluate(value), given.positional, location))
    case .not(let value): return .bool(!(try evaluate(value).isTrue))
    case .and(let left, let right):
      let value = try evaluate(left)
      return value.isTrue ? try evaluate(right) : value
    case .or(let left, let right):
      let value = try evaluate(left)
      return value.isTrue ? value : try evaluate(right)
    case .negative(let value, let location): return try negative(try evaluate(value), location)
    case .binary(let operation, let left, let right, let location):
      try step(location)
      let (left, right) = (try evaluate(left), try evaluate(right))
      return try checked(try apply(operation, left, right, location), location)
    case .comparison(let first, let others, let location):
      return try compare(first, others, location)
    case .conditional(let value, let condition, let otherwise):
      if try evaluate(condition).isTrue { return try evaluate(value) }
      return try otherwise.map { try evaluate($0) } ?? .undefined("the value of an if without else")
    }
  }

  private mutating func dictionary(
    _ members: [(key: TemplateExpression, value: TemplateExpression)], _ location: Place
  ) throws -> TemplateValue {
    var dictionary = TemplateDictionary()
    for (key, value) in members { dictionary[try evaluate(key)] = try evaluate(value) }
    return .dictionary(dictionary)
  }

  private mutating func arguments(
    _ arguments: TemplateExpression.Arguments
  ) throws -> (positional: [TemplateValue], named: [String: TemplateValue]) {
    var named: [String: TemplateValue] = [:]
    for (name, value) in arguments.named { named[name] = try evaluate(value) }
    return (try arguments.positional.map { try evaluate($0) }, named)
  }

  // MARK: Parts of values

  func elements(of value: TemplateValue, _ location: Place) throws -> [TemplateValue] {
    switch value {
    case .undefined: return []
    case .list(let elements, _): return elements
    case .string(let text): return text.unicodeScalars.map { .string(String([$0])) }
    case .dictionary(let members): return members.members.map(\.key)
    default:
      throw TemplateFault(location, "\(value.kind), which has no elements", expected: "a sequence")
    }
  }

  func attribute(_ name: String, of value: TemplateValue, _ location: Place) throws -> TemplateValue
  {
    switch value {
    case .undefined(let what):
      throw TemplateFault(
        location, "\(what), which is undefined", expected: "a value with the attribute \(name)")
    case .dictionary(let members):
      return members[.string(name)] ?? .undefined("the attribute '\(name)'")
    case .namespace(let index):
      return member(name, ofNamespace: index) ?? .undefined("the attribute '\(name)'")
    case .loop(let loop): return loop[name] ?? .undefined("the attribute '\(name)'")
    default: return .undefined("the attribute '\(name)' of \(value.kind)")
    }
  }

  func item(
    _ index: TemplateValue, of value: TemplateValue, _ location: Place
  ) throws -> TemplateValue {
    func element<Element>(_ elements: some Collection<Element>) -> Element? {
      guard let number = index.index else { return nil }
      let location = number < 0 ? elements.count + number : number
      guard (0..<elements.count).contains(location) else { return nil }
      return elements[elements.index(elements.startIndex, offsetBy: location)]
    }
    let missing = TemplateValue.undefined("the item \(index.representation)")
    switch value {
    case .undefined(let what):
      throw TemplateFault(location, "\(what), which is undefined", expected: "a value with items")
    case .list(let elements, _): return element(elements) ?? missing
    case .string(let text):
      return element(text.unicodeScalars).map { .string(String([$0])) } ?? missing
    case .dictionary(let members): return members[index] ?? missing
    default:
      guard case .string(let name) = index else { return missing }
      return try attribute(name, of: value, location)
    }
  }

  /// Python's slices: bounds beyond the ends are the ends, a negative step goes backwards.
  private func slice(
    _ value: TemplateValue, _ from: TemplateValue?, _ to: TemplateValue?, _ step: TemplateValue?,
    _ location: Place
  ) throws -> TemplateValue {
    func number(_ value: TemplateValue?) throws -> Int? {
      guard let value, case let value = value, value.kind != "None" else { return nil }
      guard let number = value.index else {
        throw TemplateFault(location, "a bound of type \(value.kind)", expected: "whole numbers")
      }
      return number
    }
    let by = try number(step) ?? 1
    guard by != 0 else { throw TemplateFault(location, "a step of 0", expected: "another step") }
    let (start, end) = (try number(from), try number(to))
    func pick<Element>(_ elements: [Element]) -> [Element] {
      Self.indices(start, end, by, count: elements.count).map { elements[$0] }
    }
    switch value {
    case .list(let elements, let isTuple): return .list(pick(elements), isTuple: isTuple)
    case .string(let text): return .string(String(pick(Array(text.unicodeScalars))))
    default:
      throw TemplateFault(location, "a slice of \(value.kind)", expected: "a list or a text")
    }
  }

  private static func indices(_ start: Int?, _ end: Int?, _ step: Int, count: Int) -> [Int] {
    let (low, high) = step > 0 ? (0, count) : (-1, count - 1)
    func bound(_ value: Int?, _ otherwise: Int) -> Int {
      guard let value else { return otherwise }
      let location = value < 0 ? value.addingReportingOverflow(count).partialValue : value
      return Swift.min(Swift.max(location, low), high)
    }
    let first = bound(start, step > 0 ? low : high)
    let last = bound(end, step > 0 ? high : low)
    // A step beyond everything is one step.
    let stride = Swift.max(-(count + 1), Swift.min(count + 1, step))
    return Array(Swift.stride(from: first, to: last, by: stride))
  }

  // MARK: Operators

  private func negative(_ value: TemplateValue, _ location: Place) throws -> TemplateValue {
    if case .real(let number) = value { return .real(-number) }
    guard let number = value.index, number != .min else {
      throw TemplateFault(location, "- before \(value.kind)", expected: "a number")
    }
    return .integer(-number)
  }

  private func apply(
    _ operation: String, _ left: TemplateValue, _ right: TemplateValue, _ location: Place
  ) throws -> TemplateValue {
    switch (operation, left, right) {
    case ("~", _, _): return .string(left.text + right.text)
    case ("+", .string(let one), .string(let other)): return .string(one + other)
    case ("+", .list(let one, let isTuple), .list(let other, let isOther)) where isTuple == isOther:
      return .list(one + other, isTuple: isTuple)
    case ("*", .string(let text), _) where right.index != nil:
      return .string(try repeated(text, right.index ?? 0, location))
    case ("*", .list(let elements, let isTuple), _) where right.index != nil:
      let count = Swift.max(0, right.index ?? 0)
      let (total, overflow) = count.multipliedReportingOverflow(by: elements.count)
      guard !overflow, total <= TemplateLimits.elements else {
        throw TemplateFault(
          location, "a list of more", expected: "at most \(TemplateLimits.elements) elements")
      }
      return .list(Array(repeatElement(elements, count: count).joined()), isTuple: isTuple)
    case ("%", .string, _):
      throw TemplateFault(location, "the operator % on a text", expected: "~ or the filter replace")
    default: return try arithmetic(operation, left, right, location)
    }
  }

  func repeated(_ text: String, _ count: Int, _ location: Place) throws -> String {
    let count = Swift.max(0, count)
    let (bytes, overflow) = count.multipliedReportingOverflow(by: text.utf8.count)
    guard !overflow, bytes <= TemplateLimits.bytes else {
      throw TemplateFault(
        location, "a text of more bytes", expected: "at most \(TemplateLimits.bytes)")
    }
    return String(repeating: text, count: count)
  }

  private func arithmetic(
    _ operation: String, _ left: TemplateValue, _ right: TemplateValue, _ location: Place
  ) throws -> TemplateValue {
    if let one = left.index, let other = right.index, operation != "/" {
      return try integers(operation, one, other, location)
    }
    guard let one = left.number, let other = right.number else {
      throw TemplateFault(
        location, "\(left.described) \(operation) \(right.described)",
        expected: "two values that go together")
    }
    if other == 0, ["/", "//", "%"].contains(operation) {
      throw TemplateFault(location, "a division by zero", expected: "another divisor")
    }
    switch operation {
    case "+": return .real(one + other)
    case "-": return .real(one - other)
    case "*": return .real(one * other)
    case "/": return .real(one / other)
    case "//": return .real((one / other).rounded(.down))
    case "%": return .real(one - (one / other).rounded(.down) * other)
    default: return .real(pow(one, other))
    }
  }

  private func integers(
    _ operation: String, _ one: Int, _ other: Int, _ location: Place
  ) throws -> TemplateValue {
    func checked(_ result: (partialValue: Int, overflow: Bool)) throws -> TemplateValue {
      guard !result.overflow else {
        throw TemplateFault(
          location, "\(one) \(operation) \(other)", expected: "a result of 64 bits")
      }
      return .integer(result.partialValue)
    }
    switch operation {
    case "+": return try checked(one.addingReportingOverflow(other))
    case "-": return try checked(one.subtractingReportingOverflow(other))
    case "*": return try checked(one.multipliedReportingOverflow(by: other))
    case "**":
      guard other >= 0 else { return .real(pow(Double(one), Double(other))) }
      let power = pow(Double(one), Double(other))
      guard abs(power) < 9e15 else {
        throw TemplateFault(location, "\(one) ** \(other)", expected: "a result below 9e15")
      }
      return .integer(Int(power))
    default:
      guard other != 0 else {
        throw TemplateFault(location, "a division by zero", expected: "another divisor")
      }
      let quotient = one.dividedReportingOverflow(by: other)
      // Towards minus infinity, as Python.
      let rest = one &- quotient.partialValue &* other
      let isBelow = rest != 0 && (rest < 0) != (other < 0)
      if operation == "%" { return .integer(isBelow ? rest + other : rest) }
      return try checked((quotient.partialValue - (isBelow ? 1 : 0), quotient.overflow))
    }
  }

  private mutating func compare(
    _ first: TemplateExpression, _ others: [(operation: String, right: TemplateExpression)],
    _ location: Place
  ) throws -> TemplateValue {
    try step(location)
    var left = try evaluate(first)
    for (operation, right) in others {
      let right = try evaluate(right)
      guard try compare(operation, left, right, location) else { return .bool(false) }
      left = right
    }
    return .bool(true)
  }

  func compare(
    _ operation: String, _ left: TemplateValue, _ right: TemplateValue, _ location: Place
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
          expected: "two values that have an order")
      }
      return ["<", ">"].contains(operation) ? precedes : !precedes
    }
  }

  func contains(
    _ container: TemplateValue, _ value: TemplateValue, _ location: Place
  ) throws -> Bool {
    switch (container, value) {
    case (.string(let text), .string(let part)): return text.finds(part) != nil
    case (.string, _):
      throw TemplateFault(location, "\(value.described) in a text", expected: "a text in a text")
    case (.dictionary(let members), _): return members[value] != nil
    default: return try elements(of: container, location).contains(value)
    }
  }

  // MARK: Calls

  private mutating func call(
    _ callee: TemplateExpression, _ arguments: TemplateExpression.Arguments, _ location: Place
  ) throws -> TemplateValue {
    if case .attribute(let object, let name, let at) = callee,
      let method = TemplateMethod(rawValue: name)
    {
      let value = try evaluate(object)
      let given = try self.arguments(arguments)
      if case .undefined(let what) = value {
        throw TemplateFault(
          at, "\(what), which is undefined", expected: "a value with the method \(name)")
      }
      return try checked(try apply(method, to: value, given.positional, given.named, at), location)
    }
    let value = try evaluate(callee)
    let given = try self.arguments(arguments)
    switch value {
    case .macro(let name): return try call(macro: name, given.positional, given.named, location)
    case .function(let function):
      return try checked(try apply(function, given.positional, given.named, location), location)
    default:
      throw TemplateFault(
        location, "a call of \(value.described)", expected: "a function, a method or a macro")
    }
  }
}

extension TemplateValue {
  /// As a whole number, which a boolean is too.
  var index: Int? {
    switch self {
    case .bool(let flag): flag ? 1 : 0
    case .integer(let number): number
    default: nil
    }
  }

  var described: String {
    if case .undefined(let what) = self { return "\(what), which is undefined" }
    return kind
  }
}

extension String {
  /// Where a text first stands in this one, in scalars.
  func finds(_ part: String) -> Int? {
    let (text, part) = (Array(unicodeScalars), Array(part.unicodeScalars))
    guard part.count <= text.count else { return nil }
    if part.isEmpty { return 0 }
    for start in 0...(text.count - part.count)
    where text[start] == part[0] && text[start..<start + part.count].elementsEqual(part) {
      return start
    }
    return nil
  }
}
