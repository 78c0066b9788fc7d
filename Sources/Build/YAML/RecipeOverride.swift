import CleaveStorage

/// A value that `--set KEY=VALUE` puts in the place of a recipe's.
package struct RecipeOverride: Sendable {
  let keys: [String]
  let value: RecipeNode
  /// The override as records have it: paths without their directories, which say nothing to others and may say too much.
  let recorded: String

  /// - Parameter text: as in `train.time_budget=20m` or `exits.at=[10, 20]`; the value is YAML.
  /// - Throws: `InputError` that quotes the text.
  package init(parsing text: String) throws {
    guard let equals = text.firstIndex(of: "=") else { throw Self.refuse(text) }
    let name = String(text[..<equals])
    keys = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard keys.allSatisfy({ !$0.isEmpty }), keys.count < RecipeYAML.deepest else {
      throw Self.refuse(text)
    }
    let written = String(text[text.index(after: equals)...])
    guard !written.isEmpty else { throw Self.refuse(text) }
    recorded = "\(name)=\(written.split(separator: "/").last ?? "")"
    value = Self.placed(try RecipeYAML.read(written, file: "--set \(name)"), under: name)
  }

  private static func refuse(_ text: String) -> InputError {
    InputError(
      file: "--set", found: "\"\(text)\"", expected: "KEY=VALUE, as in train.time_budget=20m")
  }

  /// The node with the override's name before its path, without lines and columns, which would be the option's.
  private static func placed(_ node: RecipeNode, under name: String) -> RecipeNode {
    let mark = RecipeMark(file: node.mark.file, line: 0, column: 0)
    let path = node.path
    let value: RecipeNode.Value =
      switch node.value {
      case .scalar: node.value
      case .list(let elements): .list(elements.map { placed($0, under: name) })
      case .section(let members):
        .section(
          members.map { .init(key: $0.key, mark: mark, value: placed($0.value, under: name)) })
      }
    return RecipeNode(value: value, mark: mark, path: path)
  }
}

extension RecipeNode {
  /// The tree with the value in its place; sections on the way there are made where there are none.
  ///
  /// - Throws: `InputError` where something else than a section stands on the way.
  func setting(_ override: RecipeOverride) throws -> RecipeNode {
    try setting(override.keys[...], override.value)
  }

  private func setting(_ keys: ArraySlice<String>, _ new: RecipeNode) throws -> RecipeNode {
    guard let key = keys.first else { return new }
    var node = self
    if case .list(var elements) = value {
      guard let index = Int(key), elements.indices.contains(index) else {
        throw new.mark.refuse(
          path, found: "\"\(key)\"", expected: "an element of a list of \(elements.count), from 0")
      }
      elements[index] = try elements[index].setting(keys.dropFirst(), new)
      node.value = .list(elements)
      return node
    }
    guard case .section(var members) = value else {
      throw new.mark.refuse(
        path, found: "\"\(key)\" in a value that is no section", expected: "a section there")
    }
    if let index = members.firstIndex(where: { $0.key == key }) {
      members[index].value = try members[index].value.setting(keys.dropFirst(), new)
    } else {
      let inner = path.isEmpty ? key : "\(path).\(key)"
      let empty = RecipeNode(value: .section([]), mark: new.mark, path: inner)
      members.append(
        .init(key: key, mark: new.mark, value: try empty.setting(keys.dropFirst(), new)))
    }
    node.value = .section(members)
    return node
  }
}
