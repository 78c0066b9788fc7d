/// The filters of Jinja2 that chat templates use.
enum TemplateFilter: String, CaseIterable, Sendable {
  case trim, upper, lower, title, capitalize, length, count, first, last, join, `default`, d,
    replace
  case string, int, float, list, items, dictsort, tojson, map, selectattr, rejectattr, select
  case reject, unique, sort, reverse, round, abs, min, max, sum, indent, safe
}

extension TemplateInterpreter {
  mutating func apply(
    _ filter: TemplateFilter, to value: TemplateValue, _ arguments: [TemplateValue],
    _ named: [String: TemplateValue], _ location: Location
  ) throws -> TemplateValue {
    func argument(_ index: Int, _ name: String) -> TemplateValue? {
      index < arguments.count ? arguments[index] : named[name]
    }
    func elements() throws -> [TemplateValue] { try self.elements(of: value, location) }
    try charge(filter, value, arguments + Array(named.values), location)
    switch filter {
    case .trim:
      return .string(value.text.stripped(argument(0, "chars")?.text, left: true, right: true))
    case .upper: return .string(value.text.uppercasedByScalar)
    case .lower: return .string(value.text.lowercasedByScalar)
    case .title: return .string(value.text.titledByWords)
    case .capitalize: return .string(value.text.capitalized)
    case .length, .count: return .integer(try length(of: value, location))
    case .first: return try elements().first ?? .undefined("the first of an empty list")
    case .last: return try elements().last ?? .undefined("the last of an empty list")
    case .join:
      let separator = argument(0, "d")?.text ?? ""
      var parts = try elements()
      if let name = argument(1, "attribute") {
        parts = try parts.map { try item(name, of: $0, location) }
      }
      return .string(parts.map(\.text).joined(separator: separator))
    case .default, .d:
      let isMissing =
        argument(1, "boolean")?.isTrue == true ? !value.isTrue : value.kind == "undefined"
      return isMissing ? argument(0, "default_value") ?? .string("") : value
    case .replace: return try replace(value.text, arguments, location)
    case .string: return .string(value.text)
    case .int: return Self.integer(value) ?? argument(0, "default") ?? .integer(0)
    case .float: return Self.real(value) ?? argument(0, "default") ?? .real(0)
    case .list: return .list(try elements())
    case .items: return try items(value, location)
    case .dictsort:
      guard case .list(let pairs, _) = try items(value, location) else { return .list([]) }
      return .list(try sorted(pairs, by: { try item(.integer(0), of: $0, location) }, location))
    case .tojson: return try json(value, argument(1, "indent") ?? named["indent"], location)
    case .map: return try map(try elements(), arguments, named, location)
    case .selectattr, .rejectattr, .select, .reject:
      return try choose(filter, try elements(), arguments, location)
    case .unique:
      return .list(
        try elements().reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
    case .sort:
      let name = argument(2, "attribute")
      let result = try sorted(
        try elements(),
        by: { element in
          guard let name else { return nil }
          return try item(name, of: element, location)
        }, location)
      return .list(argument(0, "reverse")?.isTrue == true ? result.reversed() : result)
    case .reverse:
      if case .string(let text) = value { return .string(String(text.unicodeScalars.reversed())) }
      return .list(try elements().reversed())
    case .round: return try round(value, argument(0, "precision"), location)
    case .abs: return try magnitude(value, location)
    case .min, .max:
      let rising = try sorted(try elements(), by: { $0 }, location)
      return (filter == .min ? rising.first : rising.last)
        ?? .undefined("the min or max of an empty list")
    case .sum:
      return try elements().reduce(.integer(0)) { sum, value in
        guard let one = sum.number, let other = value.number else {
          throw TemplateFault(location, "a sum with \(value.kind)", expected: "numbers")
        }
        if let one = sum.index, let other = value.index { return .integer(one &+ other) }
        return .real(one + other)
      }
    case .indent: return .string(try indent(value.text, argument, location))
    case .safe: return value
    }
  }
}
