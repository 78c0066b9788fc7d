/// What an argument `attribute` names: an item, or with points an item of an item, as in `function.name`.
struct TemplatePath {
  /// The names and numbers, from the outermost on.
  let parts: [TemplateValue]

  /// - Throws: a fault for a text that is long, has many names, or commas: Jinja reads several attributes then.
  init(_ attribute: TemplateValue, _ location: TemplateFault.Location) throws {
    guard case .string(let text) = attribute else {
      parts = [attribute]
      return
    }
    guard text.utf8.count <= 1024, !text.contains(",") else {
      throw TemplateFault(
        location, "the attribute \"\(text.prefix(80))\"", expected: "one of at most 1024 bytes")
    }
    parts = text.split(separator: ".", omittingEmptySubsequences: false).map {
      let isNumber = !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) }
      return isNumber
        ? Int($0).map(TemplateValue.integer) ?? .string(String($0)) : .string(String($0))
    }
    guard parts.count <= 16 else {
      throw TemplateFault(
        location, "the attribute \"\(text.prefix(80))\"", expected: "at most 16 names")
    }
  }
}
