import CleaveStorage

extension TemplateInterpreter {
  func length(of value: TemplateValue, _ location: Location) throws -> Int {
    if case .string(let text) = value { return text.unicodeScalars.count }
    return try elements(of: value, location).count
  }

  func items(_ value: TemplateValue, _ location: Location) throws -> TemplateValue {
    switch value {
    case .undefined: return .list([])
    case .dictionary(let members):
      return .list(members.members.map { .list([$0.key, $0.value], isTuple: true) })
    default: throw TemplateFault(location, "items of \(value.kind)", expected: "a dict")
    }
  }

  func replace(
    _ text: String, _ old: TemplateValue?, _ new: TemplateValue?, _ count: Int?,
    _ location: Location
  ) throws -> TemplateValue {
    guard let old, let new else {
      throw TemplateFault(
        location, "replace without two texts", expected: "the text to replace and its replacement")
    }
    let limit = count ?? -1
    return .string(
      try text.replaced(old.text, by: new.text, atMost: limit < 0 ? .max : limit) {
        TemplateFault(location, "a longer text", expected: "at most \(TemplateLimits.bytes) bytes")
      })
  }

  func magnitude(_ value: TemplateValue, _ location: Location) throws -> TemplateValue {
    if case .real(let number) = value { return .real(number.magnitude) }
    guard let number = value.index, number != .min else {
      throw TemplateFault(location, "abs of \(value.kind)", expected: "a number")
    }
    return .integer(number < 0 ? -number : number)
  }

  /// Applies `map('filter')` or `map(attribute='name')`.
  mutating func map(
    _ elements: [TemplateValue], _ arguments: [TemplateValue], _ named: [String: TemplateValue],
    _ location: Location
  ) throws -> TemplateValue {
    if arguments.isEmpty, named["attribute"] != nil {
      let all = try TemplateArguments(
        [], named, parameters: ["attribute", "default"], of: TemplateFilter.map.callee, location)
      guard let path = try all.path(location) else { return .list(elements) }
      return .list(
        try elements.map {
          try item(at: path, of: $0, default: all.given("default"), location)
        })
    }
    guard case .string(let name)? = arguments.first, let filter = TemplateFilter(rawValue: name)
    else {
      throw TemplateFault(
        location, "map by \(arguments.first?.representation ?? "nothing")",
        expected: "an attribute or a supported filter")
    }
    let rest = Array(arguments.dropFirst())
    var results: [TemplateValue] = []
    for element in elements {
      results.append(
        try nested(location) { try $0.apply(filter, to: element, rest, named, location) })
    }
    return .list(results)
  }

  mutating func choose(
    _ filter: TemplateFilter, _ elements: [TemplateValue], _ arguments: [TemplateValue],
    _ location: Location
  ) throws -> TemplateValue {
    let isByAttribute = filter == .selectattr || filter == .rejectattr
    let keeps = filter == .select || filter == .selectattr
    var rest = arguments[...]
    let attribute = isByAttribute ? rest.popFirst() : nil
    let path = try attribute.map { try TemplatePath($0, location) }
    guard !isByAttribute || path != nil else {
      throw TemplateFault(location, "\(filter.callee) without a name", expected: "an attribute")
    }
    let name = rest.popFirst()
    let test = name.flatMap { TemplateTest(rawValue: $0.text) }
    guard name == nil || test != nil else {
      throw TemplateFault(
        location, "the test \(name?.representation ?? "")", expected: "a supported test")
    }
    try test?.check(rest.count, [], location)
    return .list(
      try elements.filter { element in
        let value = try path.map { try item(at: $0, of: element, location) } ?? element
        let holds = try test.map { try tested($0, value, Array(rest), location) } ?? value.isTrue
        return holds == keeps
      })
  }
}
