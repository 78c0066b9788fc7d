import CleaveStorage

/// Values as JSON, by their types: what stages are keyed by. Keys are sorted, and paths are replaced by what
/// stands there, so that neither order nor the place of a file makes another key.
extension RecipeSection {
  /// - Parameter contents: what stands for a file or directory that a path names.
  /// - Precondition: the node was checked against this section.
  func canonical(_ node: RecipeNode, contents: (RecipeNode) throws -> JSON) throws -> JSON {
    guard case .section(let members) = node.value else { preconditionFailure("unchecked") }
    let sorted = members.sorted { $0.key < $1.key }
    return .object(
      JSONObject(
        try sorted.compactMap { member in
          guard let key = key(member.key) else { preconditionFailure("unchecked") }
          return (member.key, try key.type.canonical(member.value, contents: contents))
        }))
  }
}

extension RecipeType {
  fileprivate func canonical(
    _ node: RecipeNode, contents: (RecipeNode) throws -> JSON
  ) throws -> JSON {
    switch (self, node.value) {
    case (.text(let form), .scalar(let text, _)):
      form?.isPath == true ? try contents(node) : .string(text)
    case (.choice, .scalar(let text, _)): .string(text)
    case (.integer, .scalar(let text, _)): .integer(Int64(RecipeScalar.integer(text) ?? 0))
    case (.number, .scalar(let text, _)): .real(RecipeScalar.number(text) ?? 0)
    case (.flag, .scalar(let text, _)): .bool(text == "true")
    case (.list(let type, _), .list(let elements)):
      .array(try elements.map { try type.canonical($0, contents: contents) })
    case (.section(let section), .section): try section.canonical(node, contents: contents)
    case (.either(let types, _), _):
      try types.first { (try? $0.check(node)) != nil }?.canonical(node, contents: contents)
        ?? .null
    default: preconditionFailure("unchecked")
    }
  }
}
