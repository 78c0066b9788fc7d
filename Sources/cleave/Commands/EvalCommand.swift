import ArgumentParser
import CleaveEvaluate
import CleaveModel

struct EvalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Measure a model on a text: perplexity, and divergence from a reference.",
    discussion: """
      The text is tokenized whole and cut into windows without overlap. A window is read by itself; \
      where the tokenizer puts a token before every text, it takes the place of the window's first. \
      Scored are the tokens of the second half but for its first, 255 of 512, as llama.cpp's \
      perplexity has it. With --reference both models read the same windows, and KL(reference || \
      model) is taken over the whole vocabulary at every scored token. The reference computes in \
      float32 throughout, the model as it would run.

      Standard errors are clustered by window: neighbouring tokens are not independent.
      """)

  @Argument(help: "Model artifact.")
  var model: String

  @Option(help: "Text file, UTF-8.")
  var data: String

  @Option(help: "Model artifact to compare with, of the same tokenizer.")
  var reference: String?

  @Option(help: "Windows to read, the first of the text (default: all there are).")
  var windows: Int?

  @Option(help: "Tokens of a window.")
  var windowLength = 512

  @OptionGroup var engine: EngineOptions
  @OptionGroup var progress: ProgressOptions

  @Flag(help: "Print the report as JSON on standard output.")
  var json = false

  func validate() throws {
    if let windows, windows < 1 {
      throw ValidationError("--windows \(windows): expected at least 1")
    }
    guard windowLength >= EvaluationWindow.shortest else {
      throw ValidationError(
        "--window-length \(windowLength): expected at least \(EvaluationWindow.shortest)")
    }
  }

  func run() async throws {
    var settings = Evaluation.Settings()
    settings.windowLength = windowLength
    settings.windows = windows
    settings.threads = engine.threads
    settings.numerics = engine.numerics
    var evaluation = try Evaluation(
      model: try Artifact(opening: model), reference: try reference.map(Artifact.init(opening:)),
      data: data, settings: settings)
    let line = ProgressLine("eval", unit: .items("tokens"), quiet: progress.quiet)
    evaluation.progress = { line.show($0, of: $1) }
    defer { line.finish() }
    let report = try await evaluation.run()
    line.finish()
    try Terminal.print(json ? report.json.text() : report.text)
  }
}
