import CleavePrompts
import CleaveStorage

extension BuildRecipe {
  /// The prompt sources of a list.
  ///
  /// - Throws: `InputError` for a format without its hole.
  func prompts(_ list: [RecipeNode]) throws -> [PromptSource] { try list.map(prompt) }

  func prompt(_ node: RecipeNode) throws -> PromptSource {
    var source = PromptSource(source: texts(node), count: node.integer("count"))
    if let format = node["format"], let text = format.scalar {
      guard let parsed = PromptFormat(text: text, field: source.source.field) else {
        throw format.refuse(expected: "{\(source.source.field)} once, where the text goes")
      }
      source.format = parsed
    }
    return source
  }

  /// A field of a JSON-lines file.
  func texts(_ node: RecipeNode) -> FieldSource {
    FieldSource(path: path(node.text("file") ?? ""), field: node.text("field") ?? "")
  }
}
