/// Filters that order and compare elements.
extension TemplateInterpreter {
  /// The elements by `attribute`, in rising order, or falling with `reverse`; texts without regard to case unless `case_sensitive` is
  /// set. Equal ones stay in their order.
  mutating func sorted(
    _ values: [TemplateValue], _ arguments: TemplateArguments, isReversed: Bool = false,
    _ location: Location
  ) throws -> [TemplateValue] {
    let keys = try keys(of: values, arguments, location)
    return try sorted(
      Array(zip(keys, values)), isReversed: isReversed || arguments.flag("reverse"), location)
  }

  /// The smallest or the largest element; the first of equal ones, as Python gives it.
  mutating func extreme(
    _ values: [TemplateValue], _ arguments: TemplateArguments, isLargest: Bool,
    _ location: Location
  ) throws -> TemplateValue {
    let keys = try keys(of: values, arguments, location)
    if values.count > 1, let missing = keys.firstIndex(where: { $0.kind == "undefined" }) {
      throw TemplateFault(
        location, "\(values[missing].kind) without the attribute",
        expected: "elements that all have it")
    }
    return try sorted(Array(zip(keys, values)), isReversed: isLargest, location).first
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
    let pairs = members.members.map { member in
      let key = by == "key" ? member.key : member.value
      return (
        key: arguments.flag("case_sensitive") ? key : key.withoutCase,
        value: TemplateValue.list([member.key, member.value], isTuple: true)
      )
    }
    return .list(try sorted(pairs, isReversed: arguments.flag("reverse"), location))
  }

  /// The elements without those that equal one before.
  mutating func unique(
    _ elements: [TemplateValue], _ arguments: TemplateArguments, _ location: Location
  ) throws -> TemplateValue {
    var (kept, seen): ([TemplateValue], [TemplateValue]) = ([], [])
    for (key, element) in zip(try keys(of: elements, arguments, location), elements) {
      switch key {
      case .list, .dictionary:
        throw TemplateFault(
          location, "unique of \(key.kind)", expected: "texts, numbers or an attribute of theirs")
      default: break
      }
      guard !seen.contains(key) else { continue }
      seen.append(key)
      kept.append(element)
    }
    return .list(kept)
  }

  /// What elements are compared by.
  private mutating func keys(
    of elements: [TemplateValue], _ arguments: TemplateArguments, _ location: Location
  ) throws -> [TemplateValue] {
    let path = try arguments.path(location)
    let regardsCase = arguments.flag("case_sensitive")
    return try elements.map { element in
      let key = try path.map { try item(at: $0, of: element, location) } ?? element
      return regardsCase ? key : key.withoutCase
    }
  }

  private func sorted(
    _ keyed: [(key: TemplateValue, value: TemplateValue)], isReversed: Bool, _ location: Location
  ) throws -> [TemplateValue] {
    try keyed.enumerated().sorted {
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
