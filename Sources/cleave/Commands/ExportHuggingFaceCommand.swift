import ArgumentParser
import CleaveConvert
import CleaveStorage

/// The command `cleave export hf`.
struct ExportHuggingFaceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hf",
    abstract: "Write a model directory that Hugging Face transformers loads.",
    discussion: """
      From a model artifact, writes the whole model. With --exit, writes the model that ends at that \
      exit of a model or of an edge bundle. From a cloud bundle, writes a model of the same class whose \
      first layer is the block after the first exit: with the edge's hidden states as inputs_embeds, \
      from position 0 on, its logits are those of the whole model. Serving engines that accept prompt \
      embeddings run it unchanged. Float weights keep their types.
      """)

  @Argument(help: "Model artifact, edge or cloud bundle.")
  var artifact: String

  @Option(name: .shortAndLong, help: "Directory to write.")
  var output: String

  @Option(help: "Depth of the exit that the written model ends at (default: all blocks).")
  var exit: Int?

  @Option(help: "Type that quantized matrices are converted to: f32, f16 or bf16.")
  var type = HuggingFaceExport.FloatType.f32

  @Flag(help: "Replace a model directory that already exists, in one step.")
  var force = false

  @Flag(help: "Print the result as JSON on standard output.")
  var json = false

  @OptionGroup var progress: ProgressOptions

  func run() throws {
    let line = ProgressLine("export", unit: .bytes, quiet: progress.quiet)
    var export = HuggingFaceExport(source: artifact, target: output)
    export.exit = exit
    export.type = type
    export.force = force
    export.progress = { line.show($0, of: $1) }
    defer { line.finish() }
    let result = try export.run()
    line.finish()
    if json {
      try Terminal.print(result.json.text())
    } else {
      try Terminal.print(
        "\(output): \(result.modelClass) of \(result.blocks) blocks, \(result.tensors) tensors, "
          + result.bytes.formattedBytes)
      for note in result.notes { try Terminal.print("note: \(note)") }
    }
  }
}

extension HuggingFaceExport.FloatType: ExpressibleByArgument {}

extension HuggingFaceExport.Result {
  fileprivate var json: JSON {
    [
      "model_id": .string(modelID), "class": .string(modelClass), "role": .string(role.rawValue),
      "exit": exit.map { .integer(Int64($0)) } ?? .null, "blocks": .integer(Int64(blocks)),
      "tensors": .integer(Int64(tensors)), "bytes": .integer(Int64(bytes)),
      "notes": .array(notes.map { .string($0) }),
    ]
  }
}
