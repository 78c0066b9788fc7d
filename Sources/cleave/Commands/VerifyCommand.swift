import ArgumentParser
import CleaveEvaluate
import CleaveModel
import CleavePartition
import CleavePrompts
import CleaveStorage

/// The command `cleave verify`.
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Verify that two bundles are a split of a model and generate what it generates.",
    discussion: """
      Checks the hash of every file and the split; that with the exits off the bundles generate exactly \
      the tokens of the whole model; that at the shipped thresholds every answer of the cloud is the \
      whole model's, and deeper exits lose nothing by blocks that were skipped; and that the edge runs \
      alone. For calibrated bundles it also checks that the weights are those that were calibrated, and \
      that none of the prompts used here was used to calibrate. Reports how often each exit answers and \
      agrees with the whole model. Of more than two tiers it checks hashes, the split, exactness, and that \
      at the shipped thresholds every answer is that of an edge with all the exits.

      With --trust it first checks that each bundle is signed with that key and unchanged, and without \
      --model nothing else.

      Exit status 0: verified. 1: a check failed, and the report says which and where. 2: wrong input.
      """)

  @Argument(help: "Edge bundle.")
  var edge: String

  @Argument(help: "Cloud bundle; with more than two tiers the middle bundles before it.")
  var cloud: [String] = []

  @Option(
    help: "Model artifact that the bundles were split from. Without it only --trust is checked.")
  var model: String?

  @OptionGroup(title: "Signatures") var trust: TrustOptions

  @Option(
    help: """
      Text file with one prompt on each line \
      (default: \(VerificationPrompts.standard.count) built-in prompts).
      """)
  var prompts: String?

  @Option(help: "Number of tokens to generate for each prompt.")
  var maxTokens = 64

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      Held-out prompts, FILE:FIELD[#COUNT][:FORMAT], on which the risk of a calibrated policy is measured \
      and reported beside its promise. \(PromptSourceHelp.text) May be repeated.
      """, valueName: "source"))
  var heldOut: [String] = []

  @Option(help: "Field of the held-out prompts with right answers, for losses against references.")
  var references: String?

  @OptionGroup var used: UsedExitOptions

  @OptionGroup var engine: EngineOptions
  @OptionGroup var progress: ProgressOptions

  @Flag(help: "Print the report as JSON on standard output.")
  var json = false

  /// More tokens than a tokenizer puts around a text.
  private static let tokensAround = 256

  func validate() throws {
    guard (1...1_000_000).contains(maxTokens) else {
      throw ValidationError("--max-tokens \(maxTokens): expected 1 to 1000000")
    }
    guard model != nil || trust.trust != nil else {
      throw ValidationError("--model, --trust: expected at least one of them")
    }
    guard model == nil || !cloud.isEmpty else {
      throw ValidationError("--model: expected an edge bundle and its cloud bundle")
    }
    guard cloud.count == 1 || (heldOut.isEmpty && references == nil) else {
      throw ValidationError("--held-out is for an edge bundle and its cloud bundle alone")
    }
    guard cloud.count == 1 || (used.lastExit == nil && used.device == nil) else {
      throw ValidationError("--exits and --for are for an edge bundle and its cloud bundle alone")
    }
    guard heldOut.isEmpty || (used.lastExit == nil && used.device == nil) else {
      throw ValidationError(
        "--held-out judges a promise, which none is with exits not used: expected no --exits and no --for"
      )
    }
  }

  func run() async throws {
    let signatures = try SignatureReport(of: [edge] + cloud, trust, quiet: progress.quiet)
    guard let model, signatures.isTrusted else {
      try Terminal.print(json ? signatures.json.text() : signatures.text)
      if !signatures.isTrusted { throw ChecksFailed() }
      return
    }
    if trust.trust != nil, !json { try Terminal.print(signatures.text) }
    try await verify(model)
  }

  private func verify(_ model: String) async throws {
    var settings = Verification.Settings()
    settings.maxTokens = maxTokens
    settings.threads = engine.threads
    settings.numerics = engine.numerics
    if let prompts {
      settings.prompts = try TextFile.read(prompts).split(whereSeparator: \.isNewline).map(
        String.init)
    }
    settings.heldOut = try PromptSource.list(heldOut, of: "--held-out")
    settings.references = references
    let stages = StageProgress(quiet: progress.quiet)
    let result = try await UsageError.naming([.prompts: "--prompts"]) {
      try await verify(model, settings) {
        stages.show($0, $1, of: $2, unit: $0 == "hashes" ? .bytes : .items("prompts"))
      }
    }
    stages.finish()
    try Terminal.print(json ? result.json.text() : result.text)
    if !result.verified { throw ChecksFailed() }
  }

  private func verify(
    _ model: String, _ settings: Verification.Settings,
    _ progress: @escaping (_ stage: String, _ done: Int, _ total: Int) -> Void
  ) async throws -> VerificationReport {
    let longest = settings.prompts.map(\.utf8.count).max() ?? 0
    let edge = try used.open(edge, positions: longest + Self.tokensAround + maxTokens)
    let others = try cloud.map { try Artifact(opening: $0) }
    let model = try Artifact(opening: model)
    guard others.count == 1 else {
      return try await TierVerification(
        tiers: [edge] + others, model: model, settings: settings, progress: progress
      ).run()
    }
    return try await Verification(
      edge: edge, cloud: others[0], model: model, settings: settings, progress: progress
    ).run()
  }
}
