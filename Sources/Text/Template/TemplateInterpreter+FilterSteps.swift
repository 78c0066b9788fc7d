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
    _ text: String, _ arguments: [TemplateValue], _ location: Location
  ) throws -> TemplateValue {
    guard arguments.count >= 2 else {
      throw TemplateFault(
        location, "replace without two texts", expected: "the text to replace and its replacement")
    }
    let limit = arguments.count > 2 ? arguments[2].index ?? -1 : -1
    return .string(
      try text.replaced(arguments[0].text, by: arguments[1].text, atMost: limit < 0 ? .max : limit)
      {
        TemplateFault(location, "a longer text", expected: "at most \(TemplateLimits.bytes) bytes")
      })
  }

  static func integer(_ value: TemplateValue) -> TemplateValue? {
    switch value {
    case .bool, .integer: return value.index.map { .integer($0) }
    case .real(let number): return Int(exactly: number.rounded(.towardZero)).map { .integer($0) }
    case .string(let text):
      let plain = text.stripped(nil, left: true, right: true)
      if let number = Int(plain) { return .integer(number) }
      return Double(plain).flatMap { Int(exactly: $0.rounded(.towardZero)) }.map { .integer($0) }
    default: return nil
    }
  }

  static func real(_ value: TemplateValue) -> TemplateValue? {
    if case .string(let text) = value {
      return Double(text.stripped(nil, left: true, right: true)).map { .real($0) }
    }
    return value.number.map { .real($0) }
  }

  func json(
    _ value: TemplateValue, _ indent: TemplateValue?, _ location: Location
  ) throws -> TemplateValue {
    let spaces = indent.flatMap(\.index)
    // No value is deeper than the limit.
    let deepest = (spaces ?? 0).multipliedReportingOverflow(by: TemplateLimits.depth)
    let indented = TemplateWeight(of: value).values.multipliedReportingOverflow(
      by: deepest.partialValue)
    guard !deepest.overflow, !indented.overflow, indented.partialValue <= TemplateLimits.bytes
    else {
      throw TemplateFault(
        location, "a longer text", expected: "at most \(TemplateLimits.bytes) bytes")
    }
    guard (spaces ?? 0) >= 0, (spaces ?? 0) <= 64, let text = value.json(indent: spaces) else {
      throw TemplateFault(
        location, "\(value.kind) as JSON", expected: "a value that JSON can express")
    }
    return .string(text)
  }

  func sorted(
    _ values: [TemplateValue], by key: (TemplateValue) throws -> TemplateValue?,
    _ location: Location
  ) throws -> [TemplateValue] {
    let keyed = try values.map { value -> (key: TemplateValue, value: TemplateValue) in
      let key = try key(value) ?? value
      // Jinja sorts strings without regard to case by default.
      if case .string(let text) = key { return (.string(text.lowercasedByScalar), value) }
      return (key, value)
    }
    return try keyed.enumerated().sorted {
      if $0.element.key == $1.element.key { return $0.offset < $1.offset }
      guard let precedes = $0.element.key.precedes($1.element.key) else {
        throw TemplateFault(
          location, "\($0.element.key.kind) beside \($1.element.key.kind)",
          expected: "values that can be ordered")
      }
      return precedes
    }.map(\.element.value)
  }

  func round(
    _ value: TemplateValue, _ precision: TemplateValue?, _ location: Location
  ) throws -> TemplateValue {
    guard let number = value.number else {
      throw TemplateFault(location, "round of \(value.kind)", expected: "a number")
    }
    let digits = Swift.max(0, Swift.min(15, precision?.index ?? 0))
    let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
    return .real((number * scale).rounded(.toNearestOrEven) / scale)
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
    if let attribute = named["attribute"] {
      return .list(
        try elements.map {
          let value = try item(attribute, of: $0, location)
          if case .undefined = value, let other = named["default"] { return other }
          return value
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
      results.append(try apply(filter, to: element, rest, named, location))
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
    let name = rest.popFirst()
    let test = name.flatMap { TemplateTest(rawValue: $0.text) }
    guard name == nil || test != nil else {
      throw TemplateFault(
        location, "the test \(name?.representation ?? "")", expected: "a supported test")
    }
    return .list(
      try elements.filter { element in
        let value = try attribute.map { try item($0, of: element, location) } ?? element
        let holds = try test.map { try tested($0, value, Array(rest), location) } ?? value.isTrue
        return holds == keeps
      })
  }

  /// Indents the lines after the first by a number of spaces or by a text. Empty lines stay empty
  /// unless `blank` is set.
  func indent(
    _ text: String, _ argument: (Int, String) -> TemplateValue?, _ location: Location
  ) throws -> String {
    let width = argument(0, "width") ?? .integer(4)
    let prefix: String
    if case .string(let given) = width {
      prefix = given
    } else {
      prefix = try repeated(" ", width.index ?? 4, location)
    }
    let (first, blank) = (
      argument(1, "first")?.isTrue == true, argument(2, "blank")?.isTrue == true
    )
    let lines = text.splitLines
    let (bytes, overflow) = lines.count.multipliedReportingOverflow(by: prefix.utf8.count)
    guard !overflow, bytes <= TemplateLimits.bytes else {
      throw TemplateFault(
        location, "a longer text", expected: "at most \(TemplateLimits.bytes) bytes")
    }
    return lines.enumerated().map { index, line in
      (index == 0 ? first : blank || !line.isEmpty) ? prefix + line : line
    }.joined(separator: "\n")
  }
}
