import ArgumentParser
import CleaveEvaluate
import CleaveQuantize
import CleaveStorage

struct ImatrixCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "imatrix",
    abstract: "Measure which columns of a model's matrices matter on a text.",
    discussion: """
      Runs the model on windows of the text and writes, for each matrix, the mean square of every input \
      it met; the head meets every exit too. `cleave quantize --imatrix` weighs errors with them.
      """)

  @Argument(help: "Model artifact.")
  var model: String

  @Option(help: "Text file, UTF-8, like what the model will meet.")
  var data: String

  @Option(name: .shortAndLong, help: "File to write.")
  var output: String

  @Option(help: "Windows to read, the first of the text (default: all there are).")
  var windows: Int?

  @Option(help: "Tokens of a window.")
  var windowLength = 512

  @OptionGroup var engine: ThreadOptions
  @OptionGroup var outputOptions: OutputOptions
  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    if let windows, windows < 1 {
      throw ValidationError("--windows \(windows): expected at least 1")
    }
  }

  func run() throws {
    var measurement = ImportanceMeasurement(source: model, data: data, target: output)
    measurement.windows = windows
    measurement.windowLength = windowLength
    measurement.threads = engine.threads
    measurement.force = outputOptions.force
    let line = ProgressLine("imatrix", unit: .items("tokens"), quiet: progress.quiet)
    measurement.progress = { line.show($0, of: $1) }
    defer { line.finish() }
    let origin = try UsageError.naming([.windowLength: "--window-length"]) {
      try measurement.run()
    }
    line.finish()
    let json: JSON = [
      "model_id": .string(origin.modelID), "data_sha256": .string(origin.dataSHA256),
      "tokens": .integer(Int64(origin.tokens)),
    ]
    try Terminal.print(
      outputOptions.json ? json.text() : "\(output): importance over \(origin.tokens) tokens")
  }
}
