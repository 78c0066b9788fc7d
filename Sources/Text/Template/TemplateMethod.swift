/// The methods of strings, dicts and lists that Jinja's sandbox allows; none of them changes its
/// object.
enum TemplateMethod: String, CaseIterable, Sendable {
  case strip, lstrip, rstrip, split, rsplit, splitlines, startswith, endswith, upper, lower, title
  case capitalize, replace, find, count, join, index, isdigit, isspace
  case get, items, keys, values
}

extension TemplateMethod {
  /// The arguments in Python's order. Only `split` and `rsplit` take names.
  fileprivate func arguments(
    _ given: [TemplateValue], _ named: [String: TemplateValue],
    _ location: TemplateFault.Location
  ) throws -> [TemplateValue] {
    let callee = "the method \(rawValue)"
    guard given.count <= mostArguments else {
      throw TemplateFault(
        location, "\(given.count) arguments of \(callee)", expected: "at most \(mostArguments)")
    }
    guard let name = named.keys.sorted().first else { return given }
    guard [.split, .rsplit].contains(self) else {
      throw TemplateFault(
        location, "the argument \(name) of \(callee)", expected: "arguments without names")
    }
    let both = try TemplateArguments(
      given, named, parameters: ["sep", "maxsplit"], of: callee, location)
    return [both["sep"] ?? .none, both["maxsplit"] ?? .integer(-1)]
  }

  /// The arguments that are read. Python knows more of some, such as where a search begins.
  private var mostArguments: Int {
    switch self {
    case .upper, .lower, .title, .capitalize, .isdigit, .isspace, .splitlines, .items, .keys,
      .values:
      0
    case .strip, .lstrip, .rstrip, .startswith, .endswith, .find, .count, .join, .index: 1
    case .split, .rsplit, .get: 2
    case .replace: 3
    }
  }
}

extension TemplateInterpreter {
  func apply(
    _ method: TemplateMethod, to value: TemplateValue, _ given: [TemplateValue],
    _ named: [String: TemplateValue], _ location: Location
  ) throws -> TemplateValue {
    let arguments = try method.arguments(given, named, location)
    switch value {
    case .string(let text): return try apply(method, to: text, arguments, location)
    case .dictionary(let members):
      switch method {
      case .get:
        guard let key = arguments.first else {
          throw TemplateFault(location, "get without a key", expected: "a key")
        }
        return members[key] ?? (arguments.count > 1 ? arguments[1] : .none)
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
    func characters() throws -> String? {
      switch first {
      case nil, TemplateValue.none?: return nil
      default: return try part()
      }
    }
    switch method {
    case .strip: return .string(text.stripped(try characters(), left: true, right: true))
    case .lstrip: return .string(text.stripped(try characters(), left: true, right: false))
    case .rstrip: return .string(text.stripped(try characters(), left: false, right: true))
    case .upper: return .string(text.uppercasedByScalar)
    case .lower: return .string(text.lowercasedByScalar)
    case .title: return .string(text.titled)
    case .capitalize: return .string(text.capitalized)
    case .startswith, .endswith:
      let candidates: [String]
      if case .list(let elements, isTuple: true)? = first,
        elements.allSatisfy({ $0.kind == "str" })
      {
        candidates = elements.map(\.text)
      } else {
        candidates = [try part()]
      }
      return .bool(
        candidates.contains {
          method == .startswith
            ? text.unicodeScalars.starts(with: $0.unicodeScalars)
            : text.unicodeScalars.reversed().starts(with: $0.unicodeScalars.reversed())
        })
    case .replace:
      let count = arguments.count > 2 ? arguments[2].index : nil
      guard case .string? = first, case .string? = arguments.dropFirst().first,
        count != nil || arguments.count < 3
      else {
        throw TemplateFault(location, "replace of other values", expected: "two texts and a count")
      }
      return try replace(
        text, first, arguments.count > 1 ? arguments[1] : nil, count, location)
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
      let parts = try elements(of: first ?? .undefined("nothing"), location)
      guard first != nil, parts.allSatisfy({ $0.kind == "str" }) else {
        throw TemplateFault(location, "join of other values", expected: "a list of texts")
      }
      return .string(try joined(parts.map(\.text), by: text, location))
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
    let given = arguments.count > 1 ? arguments[1] : .integer(-1)
    guard let limit = given.index else {
      throw TemplateFault(location, "\(given.kind) as maxsplit", expected: "a whole number")
    }
    // One more than a list may have, which is refused, and not all of a text's.
    let most = limit < 0 ? TemplateLimits.elements : min(limit, TemplateLimits.elements)
    guard case .string(let separator)? = arguments.first else {
      guard [nil, "None"].contains(arguments.first?.kind) else {
        throw TemplateFault(location, "a separator that is no text", expected: "a text or none")
      }
      let words =
        method == .split
        ? text.words(atMost: most)
        : text.reversedScalars.words(atMost: most).reversed().map(\.reversedScalars)
      return .list(words.map { .string($0) })
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
