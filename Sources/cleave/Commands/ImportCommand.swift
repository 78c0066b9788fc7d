import ArgumentParser
import CleaveConvert
import CleaveModel
import CleaveStorage

/// The command `cleave import`.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Convert a checkpoint, a model as it was published, to a model artifact.",
    discussion: """
      SOURCE is a GGUF file (of a split one, any part: NAME-00002-of-00003.gguf), a directory with one GGUF \
      model, or a Hugging Face directory with config.json, tokenizer.json and \
      safetensors files. Weights keep their types, and quantized weights keep their bits. Supported \
      families: \(SupportedFamilies.text).
      """)

  @Argument(help: "GGUF file or Hugging Face model directory.")
  var source: String

  @Option(name: .shortAndLong, help: "Directory to write: the model artifact.")
  var output: String

  @Option(
    help: ArgumentHelp(
      "Limit the context to this many tokens, fewer than the checkpoint allows.",
      discussion: """
        A model with LongRoPE has other rotary factors up to its original context than beyond it.
        """,
      valueName: "tokens"))
  var context: Int?

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Type for quantized weights of safetensors that no block type holds exactly.",
      discussion: """
        One of q8_0, f16, bf16, f32. Weights that a block type holds exactly are repacked without \
        it; the errors of rounding the others are printed and kept in the artifact.
        """,
      valueName: "type"))
  var quantizedType: String?

  @Flag(help: "Leave out the chat template, for a model whose template cannot be run.")
  var withoutChatTemplate = false

  @OptionGroup var outputOptions: OutputOptions
  @OptionGroup var progress: ProgressOptions

  func run() throws {
    let line = ProgressLine("import", unit: .bytes, quiet: progress.quiet)
    var importer = Importer(source: source, target: output)
    importer.contextLength = context
    importer.keepsTemplate = !withoutChatTemplate
    importer.quantizedType = quantizedType
    importer.force = outputOptions.force
    importer.progress = { line.show($0, of: $1) }
    defer { line.finish() }
    let manifest = try UsageError.naming([
      .contextLength: "--context", .quantizedType: "--as",
    ]) { try importer.run() }
    line.finish()
    if outputOptions.json {
      try Terminal.print(manifest.json.text())
    } else {
      try Terminal.print("\(output): \(manifest.summary)")
      for note in manifest.roundingNotes { try Terminal.print(note) }
      for note in manifest.importNotes { try Terminal.print("note: \(note)") }
      for note in manifest.tokens.notes { try Terminal.print("note: \(note)") }
    }
  }
}
