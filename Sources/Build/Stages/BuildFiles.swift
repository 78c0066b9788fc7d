import CleaveConvert
import CleaveStorage

/// The files that a recipe names, with their digests, read once.
final class BuildFiles {
  /// A file that a build read.
  struct Input {
    /// The key of the recipe, as in `train.prompts[0].file`.
    let key: String
    let name: String
    let digest: FileDigest
  }

  private let recipe: BuildRecipe
  private(set) var inputs: [Input] = []

  init(_ recipe: BuildRecipe) { self.recipe = recipe }

  /// A file's name and digest, as stages are keyed by.
  ///
  /// - Throws: `InputError` at the recipe's line for a file that is not there.
  func contents(of node: RecipeNode) throws -> JSON {
    let path = recipe.path(node.scalar ?? "")
    guard FileSystem.exists(path) else {
      throw node.refuse(
        found: "\"\(node.scalar ?? "")\", and nothing there", expected: "a file",
        advice: "Paths are relative to the recipe's directory.")
    }
    if node.path == "source.checkpoint" { return try checkpoint(path, node) }
    return json(try note(path, node.path))
  }

  private func json(_ input: Input) -> JSON {
    ["name": .string(input.name), "sha256": .string(input.digest.sha256)]
  }

  private func note(_ path: String, _ key: String) throws -> Input {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    if let known = inputs.first(where: { $0.key == key && $0.name == name }) { return known }
    let input = Input(key: key, name: name, digest: try FileDigest(ofFile: path))
    inputs.append(input)
    return input
  }

  /// All files of a checkpoint: those of a directory, or a GGUF file with its other parts.
  private func checkpoint(_ path: String, _ node: RecipeNode) throws -> JSON {
    let importing = recipe.section("import")
    var importer = Importer(source: path, target: "")
    importer.contextLength = importing.integer("context")
    importer.quantizedType = importing.text("as")
    importer.keepsTemplate = importing.flag("chat_template") ?? true
    let outline = try importer.outline()
    let paths: [String] =
      FileSystem.isDirectory(path)
      ? try FileSystem.entries(of: path).map { "\(path)/\($0)" }.filter {
        !FileSystem.isDirectory($0)
      }
      : outline.files
    let found = try paths.map { try note($0, node.path) }
    if let wanted = recipe.source.text("sha256") {
      guard found.count == 1, found[0].digest.sha256 == wanted else {
        throw recipe.source["sha256"]!.refuse(
          found: found.count == 1 ? found[0].digest.sha256 : "a checkpoint of \(found.count) files",
          expected: found.count == 1 ? "\(wanted), as the recipe says" : "one of one file")
      }
    }
    return .array(found.map(json))
  }
}
