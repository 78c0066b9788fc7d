import ArgumentParser
import CleaveEvaluate
import CleaveQuantize
import CleaveStorage

/// The command `cleave imatrix`.
struct ImatrixCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "imatrix",
    abstract: "Measure how important each column of a model's matrices is on a text.",
    discussion: """
      Runs the model on windows of the text and writes the mean square of every input of each matrix. \
      The inputs of the unembedding include those that the exits give it. `cleave quantize --imatrix` \
      weights rounding errors by them.
      """)

  @Argument(help: "Model artifact.")
  var model: String

  @Option(help: "Text file, UTF-8 (- is standard input), that resembles the model's later use.")
  var data: String

  @Option(name: .shortAndLong, help: "File to write.")
  var output: String

  @Option(help: "Number of windows to read, from the beginning of the text (default: all).")
  var windows: Int?

  @Option(help: "Number of tokens of a window.")
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
