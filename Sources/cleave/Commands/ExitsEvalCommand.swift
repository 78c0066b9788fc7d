import ArgumentParser
import CleaveEvaluate
import CleaveModel
import CleavePrompts
import CleaveStorage

/// The command `cleave exits eval`.
struct ExitsEvalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Measure how well a model's exits predict the model's own answers.",
    discussion: """
      The whole model answers prompts, taking the most probable token each time, and every exit \
      predicts every token of these answers. Reported for each exit:

        agreement    the share of tokens on which the exit agrees with the model
        coverage     the largest share of tokens, taken by falling confidence, of which 90, 95 and 98 % \
      agree, and the confidence threshold there
        calibration error   the expected calibration error of its confidence, in 15 bins

      Then the exits are run one after another: each at its threshold for 95 % agreement, and each at \
      its own threshold. Last come agreement and coverage of each source of prompts by itself, how much \
      of the source the exits were trained on, and the bytes that a token takes up to the cloud. Example:

        cleave exits eval MODEL --prompts 'xsum.jsonl:document#200:Summarize:\\n\\n{document}' \\
          --prompts truthfulqa.jsonl:question --max-tokens 96

      Standard errors are clustered by prompt, because neighbouring tokens are not independent.
      """)

  @Argument(help: "Model artifact with exits.")
  var model: String

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      Prompts from a JSON-lines file, FILE:FIELD[#COUNT][:FORMAT]. The string in FIELD of each line \
      replaces {FIELD} in FORMAT, where \\n is a line end. COUNT takes that many, those with the smallest \
      digests. \(PromptSourceHelp.text) May be repeated.
      """, valueName: "source"))
  var prompts: [String]

  @Option(help: "The most prompts of a source that gives no #COUNT (default: all).")
  var limit: Int?

  @Option(help: "The most tokens of an answer (default: 128).")
  var maxTokens: Int?

  @Option(
    help: "The most tokens of a prompt; longer texts are cut (default: what the context leaves).")
  var maxPromptTokens: Int?

  @Option(
    help: ArgumentHelp(
      """
      Leave out prompts whose SHA-256 is listed in this file, one a line. The digest is of the text in \
      UTF-8, without white space around it.
      """, valueName: "file"))
  var excludeHashes: String?

  @Flag(help: "Use the prompts as they are, without the chat template.")
  var plain = false

  @Option(
    help: ArgumentHelp(
      """
      Where the cloud is asked, so that its states come back to exits with feedback: none, policy (where \
      no exit is sure by its own threshold), or a share of the tokens from 0 to 1.
      """, valueName: "places"))
  var feedback = "none"

  @Option(
    help: ArgumentHelp(
      """
      Write what each exit says for each token, how sure it is, and the whole model's token to this file, \
      which `cleave plan` plays back.
      """, valueName: "file"))
  var record: String?

  @OptionGroup var engine: EngineOptions
  @OptionGroup var progress: ProgressOptions

  @Flag(help: "Print the report as JSON on standard output.")
  var json = false

  func validate() throws {
    for (name, value) in [
      ("--limit", limit), ("--max-tokens", maxTokens), ("--max-prompt-tokens", maxPromptTokens),
    ] {
      if let value, value < 1 { throw ValidationError("\(name) \(value): expected at least 1") }
    }
    _ = try places()
  }

  func run() async throws {
    var evaluation = try ExitEvaluation(
      model: try Artifact(opening: model), settings: try settings())
    let line = ProgressLine("eval", unit: .items("prompts"), quiet: progress.quiet)
    evaluation.progress = { line.show($0, of: $1) }
    defer { line.finish() }
    if let record { try ExitTrace.check(target: record) }
    let judged = try await evaluation.judge()
    line.finish()
    if let record { try evaluation.trace(of: judged).write(to: record, sources: [model]) }
    let report = evaluation.report(of: judged)
    try Terminal.print(json ? report.json.text() : report.text)
  }

  private func places() throws -> FeedbackPlaces {
    guard let places = FeedbackPlaces(text: feedback) else {
      throw ValidationError(
        "--feedback \(feedback): expected none, policy or a share from 0 to 1")
    }
    return places
  }

  private func settings() throws -> ExitEvaluation.Settings {
    var settings = ExitEvaluation.Settings()
    settings.prompts = try PromptSource.list(prompts, of: "--prompts")
    settings.limit = limit
    settings.maxTokens = maxTokens ?? settings.maxTokens
    settings.longestPrompt = maxPromptTokens
    settings.excluded = try excludeHashes.map(ContentDigest.list(path:)) ?? []
    settings.usesChatTemplate = !plain
    settings.feedback = try places()
    settings.threads = engine.threads
    settings.numerics = engine.numerics
    return settings
  }
}
