import CleaveConvert
import CleaveModel
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

  /// The sizes of the checkpoint, for predictions.
  struct Size {
    var weights = 0.0
    var blockWeights = 0.0
    /// Bytes of the embedding.
    var embedding = 0.0
    var hidden = 0
    var bytes = 0
  }

  private let recipe: BuildRecipe
  private(set) var size = Size()
  /// The manifest that the checkpoint will have as a model; nil before it was opened.
  private(set) var model: Manifest?
  private var counted: [String: Int] = [:]
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

  private func measure(_ outline: Importer.Outline) throws {
    self.model = outline.manifest
    let model = outline.configuration
    let hidden = Double(model.hiddenSize)
    size.hidden = model.hiddenSize
    size.blockWeights =
      2 * hidden * (hidden + Double(model.kvSize)) + 3 * hidden * Double(model.intermediateSize)
    size.weights =
      Double(model.blockCount) * size.blockWeights + hidden * Double(model.vocabularySize)
    size.bytes = try outline.files.reduce(0) { $0 + (try MappedFile.size(of: $1)) }
    size.embedding =
      hidden * Double(model.vocabularySize) * Double(size.bytes) / max(1, size.weights)
  }

  /// The lines of a text file; 0 for one that cannot be read.
  func lines(_ path: String) -> Int {
    if let count = counted[path] { return count }
    guard let file = try? MappedFile(path: path) else { return 0 }
    let count = file.withBytes(0..<file.count) { bytes in bytes.count { $0 == 0x0A } }
    counted[path] = count
    return count
  }

  /// All files of a checkpoint: those of a directory, or a GGUF file with its other parts.
  private func checkpoint(_ path: String, _ node: RecipeNode) throws -> JSON {
    let importing = recipe.section("import")
    var importer = Importer(source: path, target: "")
    importer.contextLength = importing.integer("context")
    importer.quantizedType = importing.text("as")
    importer.keepsTemplate = importing.flag("chat_template") ?? true
    let outline = try RecipeFault.naming(recipe, stage: "import") { try importer.outline() }
    try measure(outline)
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
