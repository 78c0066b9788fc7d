import ArgumentParser
import CleaveEvaluate
import CleaveModel
import CleavePartition
import CleavePrompts
import CleaveStorage

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Prove that two bundles are the halves of a model and say what it says.",
    discussion: """
      Checks every file's hash, the split, that with exits off the bundles give the whole model's \
      tokens exactly, that at the shipped thresholds every cloud answer is the whole model's and \
      deeper exits lose nothing by skipped blocks, and that the edge runs alone. Of calibrated bundles \
      also that their weights are those that were calibrated, and that no prompt used here was calibrated on. Reports how often each exit answers and agrees.

      Exit code 0: verified. 1: a check failed, which and where is printed. 2: bad input.
      """)

  @Argument(help: "Edge bundle.")
  var edge: String

  @Argument(help: "Cloud bundle.")
  var cloud: String

  @Option(help: "The model artifact they were cut from.")
  var model: String

  @Option(
    help:
      "Text file with a prompt on each line (default: \(VerificationPrompts.standard.count) built-in prompts)."
  )
  var prompts: String?

  @Option(help: "Tokens to generate for each prompt.")
  var maxTokens = 64

  @Option(
    help: ArgumentHelp(
      """
      Prompts, FILE:FIELD[#COUNT][:FORMAT], on which the risk of a calibrated policy is measured and printed \
      beside its promise; may be given several times.
      """, valueName: "source"))
  var heldOut: [String] = []

  @Option(help: "Field of right answers in the held-out prompts, for losses against references.")
  var references: String?

  @OptionGroup var engine: EngineOptions
  @OptionGroup var progress: ProgressOptions

  @Flag(help: "Print the report as JSON on standard output.")
  var json = false

  func validate() throws {
    guard (1...1_000_000).contains(maxTokens) else {
      throw ValidationError("--max-tokens \(maxTokens): expected 1 to 1000000")
    }
  }

  func run() async throws {
    var settings = Verification.Settings()
    settings.maxTokens = maxTokens
    settings.threads = engine.threads
    settings.numerics = engine.numerics
    if let prompts {
      settings.prompts = try TextFile.read(prompts).split(whereSeparator: \.isNewline).map(
        String.init)
    }
    settings.heldOut = try heldOut.map(PromptSource.init(parsing:))
    settings.references = references
    let stages = StageProgress(quiet: progress.quiet)
    let result = try await UsageError.naming([.prompts: "--prompts"]) {
      try await Verification(
        edge: try Artifact(opening: edge), cloud: try Artifact(opening: cloud),
        model: try Artifact(opening: model), settings: settings,
        progress: {
          stages.show($0, $1, of: $2, unit: $0 == "hashes" ? .bytes : .items("prompts"))
        }
      ).run()
    }
    stages.finish()
    try Terminal.print(json ? result.json.text() : result.text)
    if !result.verified { throw ChecksFailed() }
  }
}
