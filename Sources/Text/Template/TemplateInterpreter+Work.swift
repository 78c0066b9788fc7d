/// What operations cost, counted before they run: a few steps on long texts would else take hours.
extension TemplateInterpreter {
  /// Counts an operation that goes over everything in a value.
  mutating func chargeAll(_ value: TemplateValue, times: Int = 1, _ location: Location) throws {
    let (work, overflow) = TemplateWeight(of: value).work.multipliedReportingOverflow(by: times)
    try charge(overflow ? .max : work, location)
  }

  /// Counts an operation that goes over a text or over the elements of a list, and not into these.
  mutating func chargeElements(
    _ value: TemplateValue, times: Int = 1, _ location: Location
  ) throws {
    switch value {
    case .string(let text): try charge(text.utf8.count * times, location)
    case .list(let elements, _):
      try charge(elements.count * TemplateLimits.workForValue * times, location)
    case .dictionary(let dictionary):
      try charge(dictionary.members.count * TemplateLimits.workForValue * times, location)
    default: break
    }
  }

  /// Counts an operation that makes values of the elements of a list, or of the characters of a text.
  mutating func chargeIteration(_ value: TemplateValue, _ location: Location) throws {
    if case .string(let text) = value {
      try charge(text.utf8.count * TemplateLimits.workForCharacter, location)
    } else {
      try chargeElements(value, location)
    }
  }

  /// Counts a lookup of one member among the others.
  mutating func charge(passing dictionary: TemplateDictionary, _ location: Location) throws {
    try charge(dictionary.members.count * TemplateLimits.workForPassing, location)
  }

  /// Counts the writing of a value. A character of a text in a list or a dict may become four.
  mutating func chargeText(of value: TemplateValue, _ location: Location) throws {
    switch value {
    case .list, .dictionary: try chargeAll(value, times: 4, location)
    default: try chargeAll(value, location)
    }
  }

  /// Counts an argument, as a text that may be looked for.
  mutating func chargeArgument(_ argument: TemplateValue, _ location: Location) throws {
    if case .string(let text) = argument {
      try charge(text.utf8.count * TemplateLimits.workForSought, location)
    } else {
      try chargeElements(argument, location)
    }
  }

  /// The value, if it is within the limits of texts and lists.
  mutating func checked(_ value: TemplateValue, _ location: Location) throws -> TemplateValue {
    switch value {
    case .string(let text):
      guard text.utf8.count <= TemplateLimits.bytes else {
        throw TemplateFault(
          location, "a text of \(text.utf8.count) bytes",
          expected: "at most \(TemplateLimits.bytes)")
      }
      try charge(text.utf8.count, location)
    case .list(let elements, _) where elements.count > TemplateLimits.elements:
      throw TemplateFault(
        location, "a list of \(elements.count)", expected: "at most \(TemplateLimits.elements)")
    case .list, .dictionary:
      let weight = TemplateWeight(of: value)
      guard weight.isAllowed else {
        throw TemplateFault(
          location, "a \(value.kind) of too much",
          expected:
            "at most \(TemplateLimits.elements) values, \(TemplateLimits.bytes) bytes of text and "
            + "\(TemplateLimits.depth) levels in it")
      }
      try charge(weight.work, location)
    default: break
    }
    return value
  }
}

extension TemplateInterpreter {
  /// Counts a method before it runs.
  mutating func charge(
    _ method: TemplateMethod, _ value: TemplateValue, _ arguments: [TemplateValue],
    _ location: Location
  ) throws {
    switch method {
    case .join, .index, .count, .startswith, .endswith:
      try chargeAll(value, location)
      for argument in arguments { try chargeAll(argument, location) }
    case .upper, .lower, .title, .capitalize:
      try chargeAll(value, times: TemplateFilter.timesForCharacters, location)
    case .strip, .lstrip, .rstrip:
      let times = arguments.isEmpty ? 1 : TemplateFilter.timesForCharacters
      try chargeAll(value, times: times, location)
    default: try chargeElements(value, location)
    }
    for argument in arguments { try chargeArgument(argument, location) }
  }
}

extension TemplateFilter {
  /// What looking at each character costs, in the bytes that copying would go over.
  static let timesForCharacters = 4

  /// How far into a value the filter looks.
  enum Reach {
    /// It gives what it was given.
    case nothing
    /// It goes over the elements.
    case elements
    /// It goes over all that is in them.
    case everything
    /// It compares each element with others.
    case pairs
  }

  var reach: Reach {
    switch self {
    case .default, .d, .safe, .length, .count, .first, .last: .nothing
    case .list, .items, .reverse, .map, .selectattr, .rejectattr, .select, .reject, .sum, .round,
      .abs:
      .elements
    case .trim, .upper, .lower, .title, .capitalize, .join, .replace, .string, .int, .float,
      .tojson,
      .indent:
      .everything
    case .dictsort, .unique, .sort, .min, .max: .pairs
    }
  }

  /// How many times each byte of the value's texts counts.
  fileprivate func times(_ arguments: [TemplateValue]) -> Int {
    switch self {
    case .trim: arguments.isEmpty ? 1 : Self.timesForCharacters
    case .tojson, .upper, .lower, .title, .capitalize, .int, .float:
      Self.timesForCharacters
    default: 1
    }
  }

  /// Whether what it gives is a part of what it was given.
  var givesAPart: Bool { [.default, .d, .safe, .first, .last, .min, .max].contains(self) }
}

extension TemplateInterpreter {
  /// Counts a filter before it runs.
  mutating func charge(
    _ filter: TemplateFilter, _ value: TemplateValue, _ arguments: [TemplateValue],
    _ location: Location
  ) throws {
    for argument in arguments { try chargeArgument(argument, location) }
    switch (filter.reach, value) {
    case (.nothing, .list): break
    case (.nothing, .string) where filter == .first || filter == .last:
      try chargeIteration(value, location)
    case (.nothing, _): try chargeElements(value, location)
    case (.elements, _): try chargeIteration(value, location)
    // What is escaped becomes longer.
    case (.everything, .list), (.everything, .dictionary): try chargeAll(value, times: 4, location)
    case (.everything, _): try chargeAll(value, times: filter.times(arguments), location)
    case (.pairs, .list(let elements, _)) where filter == .unique:
      try chargeAll(value, times: elements.count, location)
    case (.pairs, .string(let text)) where filter == .unique:
      try chargeAll(value, times: text.unicodeScalars.count, location)
    case (.pairs, .dictionary(let members)) where filter == .unique:
      try chargeAll(value, times: members.members.count, location)
    case (.pairs, _): try chargeAll(value, times: 20, location)
    }
  }
}
