import ArgumentParser
import CleaveCalibrate
import CleaveStorage

struct CalibrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Find the thresholds that keep a promise with the fewest tokens to the cloud.",
    discussion: """
      You say what harm you accept; with probability at least 1 - delta over the prompts given, the \
      expected loss on new prompts of the same source is at most risk. As in
        cleave calibrate MODEL --prompts 'questions.jsonl:question' --risk 0.05 --delta 0.05 -o OUT
        cleave calibrate EDGE CLOUD --prompts 'questions.jsonl:question' -o EDGE2

      A quarter of the prompts (--tuning-share) choose the confidence signal and put policies in order, from \
      safe to bold; the others test them in that order, each with texts written by the policy itself, and \
      the last that passed before the first failure is shipped. If none passes, every exit is off. What \
      was run is kept in --work, so the same command goes on where it was stopped.

      Losses, of one prompt, from 0 to 1: disagreement (tokens that differ from the whole model's), \
      mismatch (1 for a text that differs), rouge (1 - ROUGE-L to the whole model's text), and with \
      --references FIELD: reference-rouge (1 - ROUGE-L to the references), rouge-drop (less ROUGE-L than \
      the whole model's text), accuracy-drop (1 where the whole model has the answer and the text has not); \
      command:PROGRAM reads a JSON line a prompt and prints {"loss": x} for each.

      Writes a report beside OUT. Exit code 0: promised. 1: no policy passed, and OUT has its exits off. \
      2: bad input.
      """)

  @Argument(help: "Model artifact with exits, or an edge bundle.")
  var artifact: String

  @Argument(help: "Cloud bundle, beside an edge bundle.")
  var cloud: String?

  @Option(
    name: .shortAndLong,
    help: "Directory to make: the model, or the edge bundle, with its policy.")
  var output: String?

  @Option(help: "Directory of what was run (default: OUTPUT.calibration).")
  var work: String?

  @OptionGroup(title: "Promise") var promise: PromiseOptions
  @OptionGroup(title: "Prompts") var prompts: CalibrationPromptOptions
  @OptionGroup(title: "Rehearsal") var rehearsal: RehearsalOptions
  @OptionGroup var engine: EngineOptions
  @OptionGroup var outputOptions: OutputOptions
  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    guard (output == nil) == (rehearsal.rehearse != nil) else {
      throw ValidationError("expected --output, or --rehearse, which writes no artifact")
    }
    guard rehearsal.rehearse == nil || promise.standaloneRisk == nil else {
      throw ValidationError(
        "--rehearse is of the promise with a cloud: leave --standalone-risk away")
    }
    try promise.check()
    try prompts.check(promise)
  }

  func run() async throws {
    let target = try output.map {
      try CalibratedArtifact(
        source: artifact, target: $0, sources: [cloud].compactMap { $0 },
        force: outputOptions.force)
    }
    if let output { try ReportFile.check(output) }
    var settings = CalibrationSettings()
    try promise.apply(to: &settings)
    try prompts.apply(to: &settings)
    settings.threads = engine.threads
    settings.numerics = engine.numerics
    settings.command = RecordedCommand.arguments
    var calibration = try Calibration(
      artifact, cloud: cloud, settings: settings,
      work: work ?? output.map { "\($0.withoutTrailingSlashes).calibration" })
    let stages = StageProgress(quiet: progress.quiet)
    calibration.progress = { stages.show($0, $1, of: $2, unit: .items("prompts")) }
    guard let target, let output else { return try await rehearse(calibration, stages) }
    let result = try await calibration.run()
    stages.finish()
    let manifest = try target.write(result, settings: promise.settings + prompts.settings)
    let report = try ReportFile.write(output)
    try Terminal.print(
      outputOptions.json ? result.json.text() : result.text(manifest, output, report: report))
    guard result.record.collaborative.promise?.passed == true,
      result.record.standalone.promise?.passed ?? true
    else { throw ChecksFailed() }
  }

  private func rehearse(_ calibration: Calibration, _ stages: StageProgress) async throws {
    let report = try await Rehearsal(
      calibration, count: rehearsal.rehearse ?? 0, size: rehearsal.rehearsePrompts
    ).run()
    stages.finish()
    try Terminal.print(outputOptions.json ? report.json.text() : report.text)
    // The promise allows delta; what is broken beyond it by more than chance is a fault.
    if !report.isKept { throw ChecksFailed() }
  }
}
