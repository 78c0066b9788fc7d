/// The methods of strings, dicts and lists that Jinja's sandbox allows; none of them changes its
/// object.
enum TemplateMethod: String, CaseIterable, Sendable {
  case strip, lstrip, rstrip, split, rsplit, splitlines, startswith, endswith, upper, lower, title
  case capitalize, replace, find, count, join, index, isdigit, isspace
  case get, items, keys, values
}

extension TemplateInterpreter {
  func apply(
    _ method: TemplateMethod, to value: TemplateValue, _ arguments: [TemplateValue],
    _ named: [String: TemplateValue], _ location: Location
  ) throws -> TemplateValue {
    switch value {
    case .string(let text): return try apply(method, to: text, arguments, location)
    case .dictionary(let members):
      switch method {
      case .get:
        return members[arguments.first ?? .none] ?? (arguments.count > 1 ? arguments[1] : .none)
      case .items: return try items(value, location)
      case .keys: return .list(members.members.map(\.key))
      case .values: return .list(members.members.map(\.value))
      default: break
      }
    case .list(let elements, _):
      switch method {
      case .count: return .integer(elements.count { $0 == arguments.first ?? .none })
      case .index:
        if let index = elements.firstIndex(of: arguments.first ?? .none) { return .integer(index) }
        throw TemplateFault(location, "index of a value that is not there", expected: "an element")
      default: break
      }
    default: break
    }
    throw TemplateFault(
      location, "the method \(method.rawValue) of \(value.described)",
      expected: "a method of that type")
  }

  private func apply(
    _ method: TemplateMethod, to text: String, _ arguments: [TemplateValue], _ location: Location
  ) throws -> TemplateValue {
    let first = arguments.first
    func part() throws -> String {
      guard case .string(let part)? = first else {
        throw TemplateFault(location, "\(method.rawValue) without a text", expected: "a text")
      }
      return part
    }
    let characters: String? = if case .string(let given)? = first { given } else { nil }
    switch method {
    case .strip: return .string(text.stripped(characters, left: true, right: true))
    case .lstrip: return .string(text.stripped(characters, left: true, right: false))
    case .rstrip: return .string(text.stripped(characters, left: false, right: true))
    case .upper: return .string(text.uppercasedByScalar)
    case .lower: return .string(text.lowercasedByScalar)
    case .title: return .string(text.titled)
    case .capitalize: return .string(text.capitalized)
    case .startswith, .endswith:
      let candidates =
        try first.map { value -> [String] in
          if case .list(let elements, _) = value { return elements.map(\.text) }
          return [try part()]
        } ?? []
      return .bool(
        candidates.contains {
          method == .startswith
            ? text.unicodeScalars.starts(with: $0.unicodeScalars)
            : text.unicodeScalars.reversed().starts(with: $0.unicodeScalars.reversed())
        })
    case .replace: return try replace(text, arguments, location)
    case .find: return .integer(text.finds(try part()) ?? -1)
    case .index:
      if let index = text.finds(try part()) { return .integer(index) }
      throw TemplateFault(
        location, "index of a value that is not there", expected: "a part of the text")
    case .count:
      let part = try part()
      return .integer(
        part.isEmpty ? text.unicodeScalars.count + 1 : TextSearch(for: part, in: text).count)
    case .join:
      return .string(
        try elements(of: first ?? .list([]), location).map(\.text).joined(separator: text))
    case .split, .rsplit: return try split(text, method, arguments, location)
    case .splitlines: return .list(text.splitLines.map { .string($0) })
    case .isdigit:
      return .bool(
        !text.isEmpty
          && text.unicodeScalars.allSatisfy {
            $0.properties.numericType.map { $0 != .numeric } ?? false
          })
    case .isspace:
      return .bool(!text.isEmpty && text.unicodeScalars.allSatisfy(\.isPythonSpace))
    case .get, .items, .keys, .values:
      throw TemplateFault(
        location, "the method \(method.rawValue) of str", expected: "a method of that type")
    }
  }

  private func split(
    _ text: String, _ method: TemplateMethod, _ arguments: [TemplateValue], _ location: Location
  ) throws -> TemplateValue {
    let limit = arguments.count > 1 ? arguments[1].index ?? -1 : -1
    // One more than a list may have, which is refused, and not all of a text's.
    let most = limit < 0 ? TemplateLimits.elements : min(limit, TemplateLimits.elements)
    guard case .string(let separator)? = arguments.first else {
      return .list(text.words(atMost: most).map { .string($0) })
    }
    guard !separator.isEmpty else {
      throw TemplateFault(location, "an empty separator", expected: "a text")
    }
    guard method == .rsplit, limit >= 0 else {
      return .list(text.pieces(separatedBy: separator, atMost: most).map { .string($0) })
    }
    let pieces = text.pieces(separatedBy: separator, atMost: TemplateLimits.elements)
    guard pieces.count <= TemplateLimits.elements else { return .list(pieces.map { .string($0) }) }
    let kept = min(most, pieces.count - 1)
    let head = pieces.dropLast(kept).joined(separator: separator)
    return .list(([head] + pieces.suffix(kept)).map { .string($0) })
  }
}
