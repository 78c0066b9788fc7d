import ArgumentParser
import CleaveEvaluate
import CleaveModel
import CleaveStorage
import CleaveTrain

/// The command `cleave eval`.
struct EvalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Measure a model's perplexity on a text, or its divergence from a reference model.",
    discussion: """
      The text is tokenized as a whole and cut into windows that do not overlap. Each window is read by \
      itself; where the tokenizer begins every text with a token, that token replaces the first one of \
      the window. The tokens of a window's second half are scored, except its first: 255 of 512, like \
      llama.cpp's perplexity. With --reference both models read the same windows, and KL(reference || \
      model) is taken over the whole vocabulary at every scored token. The reference computes in \
      float32; the model computes as it would run.

      Standard errors are clustered by window, because neighbouring tokens are not independent. To \
      measure early exits, use `cleave exits eval`.

      With --leakage nothing of this is measured, but how private an upload is: hidden states at the depths of \
      --at are encoded, and two attacks that were trained on --attack-data say which tokens they are of (docs/security.md).
      """)

  @Argument(help: "Model artifact.")
  var model: String

  @Option(help: "Text file, UTF-8; - is standard input.")
  var data: String

  @Option(help: "Model artifact to compare with; it must have the same tokenizer.")
  var reference: String?

  @Option(help: "Number of windows to read, from the beginning of the text (default: all).")
  var windows: Int?

  @Option(help: "Number of tokens of a window (default: 512).")
  var windowLength: Int?

  @OptionGroup(title: "What leaves the device") var leakage: LeakageOptions
  @OptionGroup var engine: EngineOptions
  @OptionGroup var progress: ProgressOptions

  @Flag(help: "Print the report as JSON on standard output.")
  var json = false

  func validate() throws {
    guard !leakage.leakage || reference == nil else {
      throw ValidationError("--leakage compares no models: expected it or --reference")
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
    let names: [SettingError.Setting: String] = [
      .windowLength: "--window-length", .leakageDepths: "--at", .leakageFormats: "--codec",
    ]
    try await UsageError.naming(names) {
      if leakage.leakage { try attack() } else { try await measure() }
    }
  }

  private func attack() throws {
    let artifact = try Artifact(opening: model)
    var settings = try leakage.settings(artifact.manifest)
    settings.windowLength = windowLength ?? settings.windowLength
    settings.windows = windows
    settings.threads = engine.threads
    let study = try LeakageStudy(
      model: artifact, data: data, attackData: leakage.attackData ?? "", settings: settings)
    let line = ProgressLine("eval", unit: .items("tokens"), quiet: progress.quiet)
    study.progress = { line.show($0, of: $1) }
    defer { line.finish() }
    let report = try study.run()
    line.finish()
    try Terminal.print(json ? report.json.text() : report.text)
  }

  private func measure() async throws {
    var settings = Evaluation.Settings()
    settings.windowLength = windowLength ?? settings.windowLength
    settings.windows = windows
    settings.threads = engine.threads
    settings.numerics = engine.numerics
    var evaluation = try Evaluation(
      model: try Artifact(opening: model),
      reference: try reference.map { try Artifact(opening: $0) },
      data: data, settings: settings)
    let line = ProgressLine("eval", unit: .items("tokens"), quiet: progress.quiet)
    evaluation.progress = { line.show($0, of: $1) }
    defer { line.finish() }
    let report = try await evaluation.run()
    line.finish()
    try Terminal.print(json ? report.json.text() : report.text)
  }
}
