/// Filters that order and compare elements.
extension TemplateInterpreter {
  /// The elements by `attribute`, in rising order, or falling with `reverse`; texts without regard to case unless `case_sensitive` is
  /// set. Equal ones stay in their order.
  func sorted(
    _ values: [TemplateValue], _ arguments: TemplateArguments, isReversed: Bool = false,
    _ location: Location
  ) throws -> [TemplateValue] {
    try sorted(values, isReversed: isReversed || arguments.flag("reverse"), location) {
      try key(of: $0, arguments, location)
    }
  }

  /// The smallest or the largest element; the first of equal ones, as Python gives it.
  func extreme(
    _ values: [TemplateValue], _ arguments: TemplateArguments, isLargest: Bool,
    _ location: Location
  ) throws -> TemplateValue {
    if values.count > 1,
      let missing = try values.first(where: {
        try key(of: $0, arguments, location).kind == "undefined"
      })
    {
      throw TemplateFault(
        location, "\(missing.kind) without the attribute", expected: "elements that all have it")
    }
    return try sorted(values, arguments, isReversed: isLargest, location).first
      ?? .undefined("the min or max of an empty list")
  }

  /// The pairs of a dict, by their keys or with `by='value'` by their values.
  func dictsort(
    _ value: TemplateValue, _ arguments: TemplateArguments, _ location: Location
  ) throws -> TemplateValue {
    guard case .dictionary(let members) = value else {
      throw TemplateFault(location, "dictsort of \(value.kind)", expected: "a dict")
    }
    let by = try arguments.text("by", location) ?? "key"
    guard by == "key" || by == "value" else {
      throw TemplateFault(location, "by \"\(by.prefix(80))\"", expected: "key or value")
    }
    let pairs = members.members.map { TemplateValue.list([$0.key, $0.value], isTuple: true) }
    return .list(
      try sorted(pairs, isReversed: arguments.flag("reverse"), location) { pair in
        let part = try item(.integer(by == "key" ? 0 : 1), of: pair, location)
        return arguments.flag("case_sensitive") ? part : part.withoutCase
      })
  }

  /// The elements without those that equal one before.
  func unique(
    _ elements: [TemplateValue], _ arguments: TemplateArguments, _ location: Location
  ) throws -> TemplateValue {
    var (kept, keys): ([TemplateValue], [TemplateValue]) = ([], [])
    for element in elements {
      let key = try key(of: element, arguments, location)
      switch key {
      case .list, .dictionary:
        throw TemplateFault(
          location, "unique of \(key.kind)", expected: "texts, numbers or an attribute of theirs")
      default: break
      }
      guard !keys.contains(key) else { continue }
      keys.append(key)
      kept.append(element)
    }
    return .list(kept)
  }

  /// What an element is compared by.
  private func key(
    of element: TemplateValue, _ arguments: TemplateArguments, _ location: Location
  ) throws -> TemplateValue {
    let value =
      try arguments.given("attribute").map { try lookup($0, of: element, location) }
      ?? element
    return arguments.flag("case_sensitive") ? value : value.withoutCase
  }

  private func sorted(
    _ values: [TemplateValue], isReversed: Bool, _ location: Location,
    by key: (TemplateValue) throws -> TemplateValue
  ) throws -> [TemplateValue] {
    let keyed = try values.map { (key: try key($0), value: $0) }
    return try keyed.enumerated().sorted {
      if $0.element.key == $1.element.key { return $0.offset < $1.offset }
      let (one, other) = isReversed ? ($1, $0) : ($0, $1)
      guard let precedes = one.element.key.precedes(other.element.key) else {
        throw TemplateFault(
          location, "\(one.element.key.kind) beside \(other.element.key.kind)",
          expected: "values that can be ordered")
      }
      return precedes
    }.map(\.element.value)
  }
}

extension TemplateValue {
  /// A text in lower case; other values as they are.
  fileprivate var withoutCase: TemplateValue {
    if case .string(let text) = self { .string(text.lowercasedByScalar) } else { self }
  }
}
