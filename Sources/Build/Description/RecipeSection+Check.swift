import CleaveStorage

extension RecipeSection {
  /// Checks a node against the description.
  ///
  /// - Throws: `InputError` with line and column for the first thing that is wrong.
  func check(_ node: RecipeNode) throws {
    guard case .section(let members) = node.value else {
      let keys = keys.prefix(4).map(\.name).joined(separator: ", ")
      throw node.refuse(expected: "a section with keys as \(keys)")
    }
    for member in members { try check(member, in: node) }
    for key in keys where key.isRequired && node[key.name] == nil {
      throw node.refuse(
        found: "no \"\(key.name)\"", expected: "that key, with \(key.type.expected)")
    }
    try checkGroups(node)
  }

  private func check(_ member: RecipeNode.Member, in node: RecipeNode) throws {
    if let key = key(member.key) {
      do { return try key.type.check(member.value) } catch let error as InputError {
        guard case .scalar("", isPlain: true) = member.value.value else { throw error }
        throw member.mark.refuse(
          member.value.path, found: "nothing", expected: key.type.expected,
          advice: "Leave the key out where it is not needed.")
      }
    }
    let inner = node.path.isEmpty ? member.key : "\(node.path).\(member.key)"
    if let refused = refused.first(where: { $0.name == member.key }) {
      throw member.mark.refuse(
        inner, found: "\"\(member.key)\"", expected: "a recipe without it", advice: refused.why)
    }
    let near = NearestName.of(member.key, among: keys.map(\.name))
    throw member.mark.refuse(
      inner, found: "the unknown key \"\(member.key.prefix(80))\"",
      expected: near.map { "\"\($0)\", which is the nearest key\(shownName)" }
        ?? "one of \(keys.map(\.name).joined(separator: ", "))")
  }

  private var shownName: String { name.isEmpty ? "" : " of \(name)" }

  private func checkGroups(_ node: RecipeNode) throws {
    for group in atMostOne {
      let given = group.filter { node[$0] != nil }
      if given.count > 1, let second = node[given[1]] {
        throw second.refuse(
          found: "both \(given[0]) and \(given[1])",
          expected: "one of \(group.joined(separator: ", "))")
      }
    }
    for group in atLeastOne where group.allSatisfy({ node[$0] == nil }) {
      let names = group.joined(separator: ", ")
      throw node.refuse(found: "none of \(names)", expected: "one of them at least")
    }
    for (key, others) in needs {
      guard let value = node[key], others.allSatisfy({ node[$0] == nil }) else { continue }
      throw value.refuse(
        found: "\(key) without \(others.joined(separator: " or "))",
        expected: "both, for one is of no use alone")
    }
  }
}
