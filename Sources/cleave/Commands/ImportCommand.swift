import ArgumentParser
import CleaveConvert
import CleaveModel
import CleaveStorage

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a model artifact of a checkpoint.",
    discussion: """
      SOURCE is a GGUF file or a Hugging Face directory with config.json, tokenizer.json and \
      safetensors, whole or sharded. Weights keep their types; what the source had quantized is \
      taken over bit for bit. Supported families: \(SupportedFamilies.text).
      """)

  @Argument(help: "GGUF file or Hugging Face model directory.")
  var source: String

  @Option(name: .shortAndLong, help: "Directory to make.")
  var output: String

  @Option(
    help: ArgumentHelp(
      "The most tokens the model is to serve, where fewer than the checkpoint's.",
      discussion:
        "A model with LongRoPE up to its original context has other factors than beyond it.",
      valueName: "tokens"))
  var context: Int?

  @Flag(help: "Leave the chat template out, where it is one that cannot be run.")
  var withoutChatTemplate = false

  @OptionGroup var outputOptions: OutputOptions
  @OptionGroup var progress: ProgressOptions

  func run() throws {
    let line = ProgressLine("import", unit: .bytes, quiet: progress.quiet)
    var importer = Importer(source: source, target: output)
    importer.contextLength = context
    importer.keepsTemplate = !withoutChatTemplate
    importer.force = outputOptions.force
    importer.progress = { line.show($0, of: $1) }
    defer { line.finish() }
    let manifest = try UsageError.naming([.contextLength: "--context"]) { try importer.run() }
    line.finish()
    if outputOptions.json {
      try Terminal.print(manifest.json.text())
    } else {
      try Terminal.print("\(output): \(manifest.summary)")
      for note in manifest.tokens.notes { try Terminal.print("note: \(note)") }
    }
  }
}
