extension TemplateInterpreter {
  func elements(of value: TemplateValue, _ location: Location) throws -> [TemplateValue] {
    switch value {
    case .undefined: return []
    case .list(let elements, _): return elements
    case .string(let text):
      guard text.unicodeScalars.count <= TemplateLimits.elements else {
        throw TemplateFault(
          location, "a longer text",
          expected: "at most \(TemplateLimits.elements) characters to go over")
      }
      return text.unicodeScalars.map { .string(String([$0])) }
    case .dictionary(let members): return members.members.map(\.key)
    default:
      throw TemplateFault(location, "\(value.kind), which has no elements", expected: "a sequence")
    }
  }

  /// The attribute of a value. Members are looked up one by one, which is counted.
  mutating func attribute(
    _ name: String, of value: TemplateValue, _ location: Location
  ) throws -> TemplateValue {
    switch value {
    case .undefined(let what):
      throw TemplateFault(
        location, "\(what), which is undefined", expected: "a value with the attribute \(name)")
    case .dictionary(let members):
      try charge(passing: members, location)
      return members[.string(name)] ?? .undefined("the attribute '\(name.prefix(80))'")
    case .namespace(let index):
      let members = members(ofNamespace: index)
      try charge(passing: members, location)
      return members[.string(name)] ?? .undefined("the attribute '\(name.prefix(80))'")
    case .loop(let loop): return loop[name] ?? .undefined("the attribute '\(name.prefix(80))'")
    default: return .undefined("the attribute '\(name.prefix(80))' of \(value.kind)")
    }
  }

  /// The item of a value. What it takes to find it, and to say that it is not there, is counted.
  mutating func item(
    _ index: TemplateValue, of value: TemplateValue, _ location: Location
  ) throws -> TemplateValue {
    try charge(finding: index, in: value, location)
    func element<Element>(_ elements: some Collection<Element>) -> Element? {
      guard let number = index.index else { return nil }
      let offset = number < 0 ? elements.count + number : number
      guard (0..<elements.count).contains(offset) else { return nil }
      return elements[elements.index(elements.startIndex, offsetBy: offset)]
    }
    var missing: TemplateValue { .undefined("the item \(index.representation.prefix(80))") }
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

  private mutating func charge(
    finding index: TemplateValue, in value: TemplateValue, _ location: Location
  ) throws {
    switch value {
    case .string: try chargeElements(value, location)
    case .dictionary(let members): try charge(passing: members, location)
    default: break
    }
    switch index {
    case .string(let name): try charge(name.utf8.count, location)
    case .list, .dictionary: try chargeAll(index, location)
    default: break
    }
  }

  /// The item of a value that a path leads to.
  ///
  /// - Parameter other: what stands for each item that is missing.
  mutating func item(
    at path: TemplatePath, of value: TemplateValue, default other: TemplateValue? = nil,
    _ location: Location
  ) throws -> TemplateValue {
    try path.parts.reduce(value) { value, part in
      let found = try item(part, of: value, location)
      return found.kind == "undefined" ? other ?? found : found
    }
  }

  /// A Python slice: bounds beyond the ends are clamped, a negative step goes backwards.
  func slice(
    _ value: TemplateValue, _ from: TemplateValue?, _ to: TemplateValue?, _ step: TemplateValue?,
    _ location: Location
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
      let offset = value < 0 ? value.addingReportingOverflow(count).partialValue : value
      return Swift.min(Swift.max(offset, low), high)
    }
    let first = bound(start, step > 0 ? low : high)
    let last = bound(end, step > 0 ? high : low)
    // A step beyond both ends has the same effect as one of `count + 1`, which cannot overflow.
    let stride = Swift.max(-(count + 1), Swift.min(count + 1, step))
    return Array(Swift.stride(from: first, to: last, by: stride))
  }
}
