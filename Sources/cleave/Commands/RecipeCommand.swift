import ArgumentParser
import CleaveBuild
import CleaveModel
import CleaveStorage

/// The command `cleave recipe`.
struct RecipeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipe", abstract: "Write a recipe for cleave build, or the schema of recipes.",
    subcommands: [Init.self, Schema.self])

  /// The command `cleave recipe init`.
  struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "init",
      abstract: "Write a recipe for a model, with comments on what to decide.")

    @Argument(help: "GGUF file or Hugging Face model directory.")
    var model: String

    @Option(help: "Profile of the device that the edge runs on, as `cleave profile` writes it.")
    var device: String?

    @Option(name: .shortAndLong, help: "File to write (default: standard output).")
    var output: String?

    @Flag(help: "Replace a file that already exists.")
    var force = false

    func run() throws {
      // The recipe's paths are relative to where it stands.
      let isBeside = output.map { FileSystem.parent(of: $0) == "." } ?? true
      let draft = try RecipeDraft(
        model: model, named: isBeside ? model : FileSystem.resolved(model) ?? model,
        device: try device.map { try DeviceProfile(path: $0) })
      guard let output else { return try Terminal.write(draft.text) }
      try StagedOutput.writeFile(
        output, sources: [model], format: .file(replaces: { _ in true }), force: force
      ) { try $0.write(Array(draft.text.utf8)) }
      try Terminal.print(
        "\(output): run `cleave build \(output) --dry-run`, then without --dry-run")
    }
  }

  /// The command `cleave recipe schema`.
  struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "schema",
      abstract: "Print the JSON Schema of recipes, for editors and CI (specs/recipe.schema.json).")

    func run() throws { try Terminal.write(RecipeSchema.text) }
  }
}
