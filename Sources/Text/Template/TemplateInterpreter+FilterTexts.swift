import CleaveStorage

/// Filters that give texts.
extension TemplateInterpreter {
  mutating func join(
    _ elements: [TemplateValue], _ arguments: TemplateArguments, _ location: Location
  ) throws -> TemplateValue {
    let parts = try arguments.path(location).map { path in
      try elements.map { try item(at: path, of: $0, location) }
    }
    return .string(
      try joined((parts ?? elements).map(\.text), by: arguments["d"]?.text ?? "", location))
  }

  /// The texts with a separator between them, which may be longer than all of them.
  ///
  /// - Throws: a fault where they are longer than a text may be, before they are put together.
  func joined(_ parts: [String], by separator: String, _ location: Location) throws -> String {
    let (between, overflow) = max(0, parts.count - 1).multipliedReportingOverflow(
      by: separator.utf8.count)
    let bytes = parts.reduce(0) { $0 &+ $1.utf8.count }
    guard !overflow, bytes >= 0, between <= TemplateLimits.bytes - min(bytes, TemplateLimits.bytes)
    else {
      throw TemplateFault(
        location, "a longer text", expected: "at most \(TemplateLimits.bytes) bytes")
    }
    return parts.joined(separator: separator)
  }

  func json(
    _ value: TemplateValue, _ arguments: TemplateArguments, _ location: Location
  ) throws -> TemplateValue {
    let spaces = try arguments.whole("indent", location)
    // No value is deeper than the limit.
    let deepest = (spaces ?? 0).multipliedReportingOverflow(by: TemplateLimits.depth)
    let indented = TemplateWeight(of: value).values.multipliedReportingOverflow(
      by: deepest.partialValue)
    guard !deepest.overflow, !indented.overflow, indented.partialValue <= TemplateLimits.bytes
    else {
      throw TemplateFault(
        location, "a longer text", expected: "at most \(TemplateLimits.bytes) bytes")
    }
    var style = TemplateJSON(indent: spaces)
    style.isASCII = arguments.flag("ensure_ascii")
    style.sortsKeys = arguments.flag("sort_keys")
    switch arguments["separators"] {
    case nil, TemplateValue.none?: break
    case .list(let pair, _)? where pair.count == 2 && pair.allSatisfy(\.isShortText):
      (style.comma, style.colon) = (pair[0].text, pair[1].text)
    default:
      throw TemplateFault(
        location, "the separators \(arguments["separators"]?.representation.prefix(80) ?? "")",
        expected: "two short texts, as in (',', ':')")
    }
    guard (spaces ?? 0) >= 0, (spaces ?? 0) <= 64, let text = style.text(of: value) else {
      throw TemplateFault(
        location, "\(value.kind) as JSON", expected: "a value that JSON can express")
    }
    return .string(text)
  }

  /// Indents the lines after the first by a number of spaces or by a text. Empty lines stay empty
  /// unless `blank` is set.
  func indent(
    _ value: TemplateValue, _ arguments: TemplateArguments, _ location: Location
  ) throws -> String {
    guard case .string(let text) = value else {
      throw TemplateFault(location, "indent of \(value.kind)", expected: "a text")
    }
    let width = arguments["width"] ?? .integer(4)
    let prefix: String
    if case .string(let given) = width {
      prefix = given
    } else {
      guard let spaces = width.index else {
        throw TemplateFault(
          location, "\(width.kind) as width", expected: "a whole number or a text")
      }
      prefix = try repeated(" ", spaces, location)
    }
    let (first, blank) = (arguments.flag("first"), arguments.flag("blank"))
    // A line end more, as Jinja puts it there: one at the end of the text then stays.
    let lines = (text + "\n").splitLines
    guard lines.count <= TemplateLimits.elements else {
      throw TemplateFault(
        location, "a text of more lines", expected: "at most \(TemplateLimits.elements)")
    }
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

extension TemplateValue {
  fileprivate var isShortText: Bool {
    if case .string(let text) = self { text.utf8.count <= 8 } else { false }
  }
}
