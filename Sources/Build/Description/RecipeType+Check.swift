import CleaveStorage

extension RecipeType {
  /// The values in words, for errors.
  var expected: String {
    switch self {
    case .text(let form): form?.expected ?? "a text"
    case .choice(let names): "one of \(names.joined(separator: ", "))"
    case .integer(let range):
      range.upperBound == .max
        ? "an integer, at least \(range.lowerBound)"
        : "an integer from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range): range.expected
    case .flag: "true or false"
    case .list(let element, let count):
      "a list of \(count.lowerBound > 0 ? "at least \(count.lowerBound): " : "")\(element.expected)"
    case .section(let section):
      "a section with \(section.keys.prefix(4).map(\.name).joined(separator: ", "))"
    case .either(_, let expected): expected
    }
  }

  /// - Throws: `InputError` for a node that is no such value.
  func check(_ node: RecipeNode) throws {
    switch self {
    case .section(let section): try section.check(node)
    case .list(let type, let count):
      guard case .list(let elements) = node.value else { throw node.refuse(expected: expected) }
      guard count.contains(elements.count) else {
        throw node.refuse(expected: "\(count.lowerBound) to \(count.upperBound) elements")
      }
      for element in elements { try type.check(element) }
    case .either(let types, _): try check(node, oneOf: types)
    default:
      guard try node.holds(self) else {
        throw node.refuse(expected: expected, advice: node.advice(for: self))
      }
    }
  }

  private func check(_ node: RecipeNode, oneOf types: [RecipeType]) throws {
    let isList = if case .list = node.value { true } else { false }
    for type in types {
      // What is wrong inside of a list is said there.
      if case .list = type, isList { return try type.check(node) }
      if (try? type.check(node)) != nil { return }
    }
    throw node.refuse(expected: expected)
  }
}

extension RecipeNode {
  /// Whether this is a scalar of a type that is one.
  fileprivate func holds(_ type: RecipeType) throws -> Bool {
    guard case .scalar(let text, let isPlain) = value else { return false }
    switch type {
    case .text(let form):
      if isPlain, RecipeScalar.isWordOrNumber(text) { return false }
      return try form?.matches(text) ?? true
    case .choice(let names): return names.contains(text)
    case .integer(let range):
      return isPlain && (RecipeScalar.integer(text).map(range.contains) ?? false)
    case .number(let range):
      return isPlain && (RecipeScalar.number(text).map(range.contains) ?? false)
    case .flag: return isPlain && ["true", "false"].contains(text)
    case .list, .section, .either: return false
    }
  }

  fileprivate func advice(for type: RecipeType) -> String? {
    guard case .scalar(let text, let isPlain) = value else { return nil }
    switch type {
    case .text where isPlain && RecipeScalar.isWordOrNumber(text) && !text.isEmpty:
      return "YAML takes it for a number or a word of its own: write it in quotes."
    case .integer where !isPlain, .number where !isPlain, .flag where !isPlain:
      return "In quotes it is a text: leave them out."
    case .choice(let names): return NearestName.of(text, among: names).map { "Is \($0) meant?" }
    default: return nil
    }
  }
}

/// How plain scalars are read: as every reader of YAML does, of whatever version.
enum RecipeScalar {
  static func integer(_ text: String) -> Int? {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      digits == "0" || !digits.hasPrefix("0")
    else { return nil }
    return Int(text)
  }

  static func number(_ text: String) -> Double? {
    guard (try? matches(text, "-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?")) == true,
      let number = Double(text), number.isFinite
    else { return nil }
    return number
  }

  /// Whether YAML, of one version or another, takes a plain text for something else than a text.
  static func isWordOrNumber(_ text: String) -> Bool {
    let words = [
      "", "~", "null", "true", "false", "yes", "no", "on", "off", ".inf", "-.inf", ".nan",
    ]
    return words.contains(text.lowercased())
      || (try? matches(
        text, "[-+]?(\\.[0-9]+|[0-9][0-9_]*(\\.[0-9_]*)?([eE][-+]?[0-9]+)?|0[xo][0-9a-fA-F]+)"))
        == true
  }

  /// Whether the whole text matches an expression.
  static func matches(_ text: String, _ pattern: String) throws -> Bool {
    try Regex(pattern).matchingSemantics(.unicodeScalar).wholeMatch(in: text) != nil
  }
}
