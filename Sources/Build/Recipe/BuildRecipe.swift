import CleaveStorage

/// A recipe that was read and checked: what `cleave build` is to do.
package struct BuildRecipe: Sendable {
  /// The recipe's file as it was given.
  package let file: String
  let root: RecipeNode
  /// The values that stand in place of the file's, as records have them.
  let overrides: [String]

  /// Reads and checks a recipe.
  ///
  /// - Parameters:
  ///   - overrides: values that stand in place of the file's.
  ///   - environment: the variables that `${env:NAME}` may name.
  /// - Throws: `InputError` with line and column for what is wrong.
  package init(
    file: String, overrides: [RecipeOverride] = [], environment: [String: String] = [:]
  ) throws {
    try self.init(try RecipeYAML.read(file: file), file: file, overrides, environment)
  }

  /// Checks a recipe that was read as a text.
  package init(
    text: String, file: String, overrides: [RecipeOverride] = [],
    environment: [String: String] = [:]
  ) throws {
    try self.init(try RecipeYAML.read(text, file: file), file: file, overrides, environment)
  }

  private init(
    _ node: RecipeNode, file: String, _ overrides: [RecipeOverride], _ environment: [String: String]
  ) throws {
    let node = try overrides.reduce(node) { try $0.setting($1) }
    root = try node.resolved(environment)
    self.overrides = overrides.map(\.recorded)
    self.file = file
    try RecipeDescription.recipe.check(root)
    try checkExits()
    try checkTraining()
    try checkRest()
    try checkPublication()
  }

  /// The name of the build: the recipe's own, or that of its file.
  package var name: String {
    root.text("name") ?? String(Self.stem(FileSystem.name(of: file)))
  }

  /// The path beside the recipe with another ending, as in `smollm2.lock`.
  package func sibling(_ ending: String) -> String {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    return FileSystem.parent(of: file) == "." && !file.hasPrefix("./")
      ? Self.stem(name) + ending : "\(FileSystem.parent(of: file))/\(Self.stem(name))\(ending)"
  }

  private static func stem(_ name: String) -> String {
    for ending in [".yaml", ".yml"] where name.hasSuffix(ending) && name.count > ending.count {
      return String(name.dropLast(ending.count))
    }
    return name
  }

  /// A path of the recipe, which is relative to the recipe's directory.
  func path(_ text: String) -> String {
    let parent = FileSystem.parent(of: file)
    return text.hasPrefix("/") || parent == "." ? text : "\(parent)/\(text)"
  }

  var source: RecipeNode { section("source") }

  /// A section of the recipe; an empty one where it has none.
  func section(_ name: String) -> RecipeNode {
    root[name] ?? RecipeNode(value: .section([]), mark: root.mark, path: name)
  }

  func has(_ name: String) -> Bool { root[name] != nil }
}
