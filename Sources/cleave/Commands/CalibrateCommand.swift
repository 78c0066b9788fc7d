import ArgumentParser
import CleaveCalibrate
import CleaveStorage

/// The command `cleave calibrate`.
struct CalibrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Find exit thresholds that keep a promised risk with the fewest cloud requests.",
    discussion: """
      A promise bounds the expected loss of the generated texts: with probability at least 1 - delta \
      over the prompts given, the expected loss on new prompts of the same source is at most the risk. \
      Examples:

        cleave calibrate MODEL --prompts 'questions.jsonl:question' --risk 0.05 --delta 0.05 -o OUT
        cleave calibrate EDGE CLOUD --prompts 'questions.jsonl:question' -o EDGE2

      A quarter of the prompts (--tuning-share) choose the confidence signal and order candidate policies \
      from safe to bold. The other prompts test the policies in that order, each on texts that the policy \
      itself generates; the last policy that passes before the first failure is used. If none passes, \
      every exit is switched off. Everything that was generated is kept in the work directory, so the \
      same command resumes where it was stopped.

      The loss of one prompt is a number from 0 to 1: disagreement (the share of tokens that differ from \
      the whole model's), mismatch (1 for a text that differs), rouge (1 - ROUGE-L to the whole model's \
      text), and with --references FIELD: reference-rouge (1 - ROUGE-L to the references), rouge-drop \
      (how much less ROUGE-L to the references than the whole model's text has), accuracy-drop (1 where \
      the whole model gives the right answer and the text does not). command:PROGRAM starts a program \
      that reads one JSON line for each prompt and prints {"loss": x} for each.

      Writes a report beside the output. Exit status 0: the promise holds. 1: no policy passed, and the \
      exits of the output are switched off. 2: wrong input.
      """)

  @Argument(help: "Model artifact with exits, or an edge bundle.")
  var artifact: String

  @Argument(help: "Cloud bundle, with an edge bundle.")
  var cloud: String?

  @Option(
    name: .shortAndLong,
    help: "Directory to write: the model or the edge bundle with calibrated thresholds.")
  var output: String?

  @Option(help: "Directory for what was generated (default: OUTPUT.calibration).")
  var work: String?

  @OptionGroup(title: "Promise") var promise: PromiseOptions
  @OptionGroup(title: "Prompts") var prompts: CalibrationPromptOptions
  @OptionGroup(title: "Rehearsal") var rehearsal: RehearsalOptions
  @OptionGroup var engine: EngineOptions
  @OptionGroup var outputOptions: OutputOptions
  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    guard (output == nil) == (rehearsal.rehearse != nil) else {
      throw ValidationError("expected either --output or --rehearse, which writes no artifact")
    }
    guard rehearsal.rehearse == nil || promise.standaloneRisk == nil else {
      throw ValidationError(
        "--rehearse tests the promise with a cloud: leave out --standalone-risk")
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
    let report = try writeReport(of: output)
    try Terminal.print(
      outputOptions.json ? result.json.text() : result.text(manifest, output, report: report))
    guard result.record.collaborative.promise?.passed == true,
      result.record.standalone.promise?.passed ?? true
    else { throw ChecksFailed() }
  }

  /// - Throws: `OutputError` that says what is there already, where only the report cannot be written.
  private func writeReport(of output: String) throws -> String {
    do { return try ReportFile.write(output) } catch let error as OutputError {
      throw OutputError(
        path: error.path,
        reason: "\(error.reason). \(output) is whole; for its report run cleave report \(output)")
    }
  }

  private func rehearse(_ calibration: Calibration, _ stages: StageProgress) async throws {
    let report = try await UsageError.naming([.rehearsalPrompts: "--rehearse-prompts"]) {
      try await Rehearsal(
        calibration, count: rehearsal.rehearse ?? 0, size: rehearsal.rehearsePrompts
      ).run()
    }
    stages.finish()
    try Terminal.print(outputOptions.json ? report.json.text() : report.text)
    // The promise allows delta; what is broken beyond it by more than chance is a fault.
    if !report.isKept { throw ChecksFailed() }
  }
}
