import ArgumentParser
import CleaveEvaluate
import CleaveModel
import CleaveStorage

struct EvalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Measure a model on a text, or its exits on the model's own answers.",
    discussion: """
      With --data: perplexity, and divergence from a reference. The text is tokenized whole and cut into \
      windows without overlap. A window is read by itself; where the tokenizer puts a token before every \
      text, it takes the place of the window's first. Scored are the tokens of the second half but for \
      its first, 255 of 512, as llama.cpp's perplexity has it. With --reference both models read the \
      same windows, and KL(reference || model) is taken over the whole vocabulary at every scored token. \
      The reference computes in float32 throughout, the model as it would run.

      With --exits: the whole model answers prompts, taking the most probable token each time, and every \
      exit is asked at every place of these answers. Of each exit: how often it says the same; coverage \
      at 90, 95 and 98 %, which is the largest share of tokens, taken by falling confidence, of which so \
      many are the same, and the threshold there; and the expected calibration error of its confidence in \
      15 bins. Then the exits one after another, each at its 95 % threshold, and each at its own. As in
        cleave eval MODEL --exits --prompts 'xsum.jsonl:document#200:Summarize:\\n\\n{document}' \\
          --prompts truthfulqa.jsonl:question --max-tokens 96

      Standard errors are clustered by window or prompt: neighbouring tokens are not independent.
      """)

  @Argument(help: "Model artifact.")
  var model: String

  @Option(help: "Text file, UTF-8.")
  var data: String?

  @Option(help: "Model artifact to compare with, of the same tokenizer.")
  var reference: String?

  @Option(help: "Windows to read, the first of the text (default: all there are).")
  var windows: Int?

  @Option(help: "Tokens of a window (default: 512).")
  var windowLength: Int?

  @OptionGroup(title: "Exits") var exits: ExitEvaluationOptions
  @OptionGroup var engine: EngineOptions
  @OptionGroup var progress: ProgressOptions

  @Flag(help: "Print the report as JSON on standard output.")
  var json = false

  func validate() throws {
    if exits.exits {
      guard data == nil, reference == nil, windows == nil, windowLength == nil else {
        throw ValidationError("--exits: expected none of --data, --reference and windows beside it")
      }
    } else if data == nil {
      throw ValidationError("Expected --data, or --exits and --prompts")
    }
    if let windows, windows < 1 {
      throw ValidationError("--windows \(windows): expected at least 1")
    }
    if let windowLength, windowLength < EvaluationWindow.shortest {
      throw ValidationError(
        "--window-length \(windowLength): expected at least \(EvaluationWindow.shortest)")
    }
  }

  func run() async throws {
    try await UsageError.naming([.windowLength: "--window-length"]) {
      if let data { try await measureText(data) } else { try await measureExits() }
    }
  }

  private func measureText(_ data: String) async throws {
    var settings = Evaluation.Settings()
    settings.windowLength = windowLength ?? settings.windowLength
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

  private func measureExits() async throws {
    var evaluation = try ExitEvaluation(
      model: try Artifact(opening: model), settings: try exits.settings(engine))
    let line = ProgressLine("eval", unit: .items("prompts"), quiet: progress.quiet)
    evaluation.progress = { line.show($0, of: $1) }
    defer { line.finish() }
    let report = try await evaluation.run()
    line.finish()
    try Terminal.print(json ? report.json.text() : report.text)
  }
}
