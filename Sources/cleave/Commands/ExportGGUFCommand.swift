import ArgumentParser
import CleaveConvert
import CleaveStorage

/// The command `cleave export gguf`.
struct ExportGGUFCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gguf",
    abstract: "Write a GGUF file that llama.cpp runs.",
    discussion: """
      Writes the whole model. With --exit, writes the model that ends at that exit of a model or of an \
      edge bundle: it generates what the edge generates when that exit answers every token. Weights keep \
      their types and quantized blocks their bits; norms become F32.
      """)

  @Argument(help: "Model artifact or edge bundle.")
  var artifact: String

  @Option(name: .shortAndLong, help: "File to write.")
  var output: String

  @Option(help: "Depth of the exit that the written model ends at (default: the whole model).")
  var exit: Int?

  @Flag(help: "Replace a GGUF file that already exists, in one step.")
  var force = false

  @Flag(help: "Print the result as JSON on standard output.")
  var json = false

  @OptionGroup var progress: ProgressOptions

  func run() throws {
    let line = ProgressLine("export", unit: .bytes, quiet: progress.quiet)
    var export = GGUFExport(source: artifact, target: output)
    export.exit = exit
    export.force = force
    export.progress = { line.show($0, of: $1) }
    defer { line.finish() }
    let result = try export.run()
    line.finish()
    if json {
      try Terminal.print(result.json.text())
    } else {
      try Terminal.print(
        "\(output): \(result.blocks) blocks, \(result.tensors) tensors, "
          + result.digest.bytes.formattedBytes)
      for note in result.notes { try Terminal.print("note: \(note)") }
    }
  }
}

extension GGUFExport.Result {
  fileprivate var json: JSON {
    [
      "model_id": .string(modelID), "exit": exit.map { .integer(Int64($0)) } ?? .null,
      "blocks": .integer(Int64(blocks)), "tensors": .integer(Int64(tensors)),
      "bytes": .integer(Int64(digest.bytes)), "sha256": .string(digest.sha256),
      "notes": .array(notes.map { .string($0) }),
    ]
  }
}
