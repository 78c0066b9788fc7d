/// The filters of Jinja2 that chat templates use.
enum TemplateFilter: String, CaseIterable, Sendable {
  case trim, upper, lower, title, capitalize, length, count, first, last, join, `default`, d,
    replace
  case string, int, float, list, items, dictsort, tojson, map, selectattr, rejectattr, select
  case reject, unique, sort, reverse, round, abs, min, max, sum, indent, safe
}

extension TemplateInterpreter {
  mutating func apply(
    _ filter: TemplateFilter, to value: TemplateValue, _ positional: [TemplateValue],
    _ named: [String: TemplateValue], _ location: Location
  ) throws -> TemplateValue {
    try charge(filter, value, positional + Array(named.values), location)
    guard !filter.goesOn else {
      return try applyToEach(filter, value, positional, named, location)
    }
    let arguments = try TemplateArguments(
      positional, named, parameters: filter.parameters, of: filter.callee,
      location)
    func elements() throws -> [TemplateValue] { try self.elements(of: value, location) }
    switch filter {
    case .trim:
      return .string(
        value.text.stripped(try arguments.text("chars", location), left: true, right: true))
    case .upper: return .string(value.text.uppercasedByScalar)
    case .lower: return .string(value.text.lowercasedByScalar)
    case .title: return .string(value.text.titledByWords)
    case .capitalize: return .string(value.text.capitalized)
    case .length, .count: return .integer(try length(of: value, location))
    case .first: return try elements().first ?? .undefined("the first of an empty list")
    case .last: return try elements().last ?? .undefined("the last of an empty list")
    case .join: return try join(try elements(), arguments, location)
    case .default, .d:
      let isMissing = arguments.flag("boolean") ? !value.isTrue : value.kind == "undefined"
      return isMissing ? arguments["default_value"] ?? .string("") : value
    case .replace:
      return try replace(
        value.text, arguments["old"], arguments["new"], try arguments.whole("count", location),
        location)
    case .string: return .string(value.text)
    case .int: return try integer(value, location) ?? arguments["default"] ?? .integer(0)
    case .float: return try real(value, location) ?? arguments["default"] ?? .real(0)
    case .list: return .list(try elements())
    case .items: return try items(value, location)
    case .dictsort: return try dictsort(value, arguments, location)
    case .tojson: return try json(value, arguments, location)
    case .unique: return try unique(try elements(), arguments, location)
    case .sort: return .list(try sorted(try elements(), arguments, location))
    case .reverse:
      if case .string(let text) = value { return .string(String(text.unicodeScalars.reversed())) }
      return .list(try elements().reversed())
    case .round: return try round(value, arguments, location)
    case .abs: return try magnitude(value, location)
    case .min, .max:
      return try extreme(try elements(), arguments, isLargest: filter == .max, location)
    case .sum: return try sum(try elements(), arguments, location)
    case .indent: return .string(try indent(value, arguments, location))
    case .safe: return value
    case .map, .selectattr, .rejectattr, .select, .reject:
      return try applyToEach(filter, value, positional, named, location)
    }
  }

  /// Applies a filter that goes on to another filter, or to a test, for each element.
  private mutating func applyToEach(
    _ filter: TemplateFilter, _ value: TemplateValue, _ positional: [TemplateValue],
    _ named: [String: TemplateValue], _ location: Location
  ) throws -> TemplateValue {
    // Jinja goes over nothing where the value is false, as none is.
    let elements = value.isTrue ? try elements(of: value, location) : []
    if filter == .map { return try map(elements, positional, named, location) }
    _ = try TemplateArguments(
      [], named, parameters: [], of: filter.callee, location)
    return try choose(filter, elements, positional, location)
  }
}
