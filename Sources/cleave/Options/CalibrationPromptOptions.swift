import ArgumentParser
import CleaveCalibrate
import CleaveEvaluate
import CleavePrompts
import CleaveStorage

/// Options of the prompts that `cleave calibrate` uses, and of how they are answered.
struct CalibrationPromptOptions: ParsableArguments {
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      Prompts from a JSON-lines file, FILE:FIELD[#COUNT][:FORMAT]. The string in FIELD of each line \
      replaces {FIELD} in FORMAT, where \\n is a line end. \(PromptSourceHelp.text) May be repeated.
      """, valueName: "source"))
  var prompts: [String]

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Prompts to tune on, instead of a share of --prompts. May be repeated.",
      valueName: "source"))
  var tuning: [String] = []

  @Option(help: "Share of the prompts to tune on (default: 0.25).")
  var tuningShare: Double?

  @Option(help: "Field with the right answers, a string or an array of strings.")
  var references: String?

  @Option(help: "The most prompts of a source that gives no #COUNT (default: all).")
  var limit: Int?

  @Option(help: "The most tokens of an answer.")
  var maxTokens = 64

  @Option(help: "The most tokens of a prompt; longer texts are cut.")
  var maxPromptTokens = 384

  @Option(
    help: ArgumentHelp(
      """
      Leave out prompts whose SHA-256 is listed in this file, one a line. The digest is of the text in \
      UTF-8, without white space around it.
      """, valueName: "file"))
  var excludeHashes: String?

  @Flag(help: "Use the prompts as they are, without the chat template.")
  var plain = false

  @Option(help: "Seed of the split into tuning and calibration prompts, and of their order.")
  var seed: UInt64 = 0

  func check(_ promise: PromiseOptions) throws {
    for (name, value) in [
      ("--limit", limit ?? 1), ("--max-tokens", maxTokens),
      ("--max-prompt-tokens", maxPromptTokens),
    ] where !(1...(1 << 24)).contains(value) {
      throw ValidationError("\(name) \(value): expected 1 to \(1 << 24)")
    }
    if let tuningShare {
      guard tuning.isEmpty else {
        throw ValidationError(
          "--tuning-share is a share of --prompts: expected it without --tuning")
      }
      guard tuningShare > 0, tuningShare < 1 else {
        throw ValidationError("--tuning-share \(tuningShare): expected between 0 and 1")
      }
    }
    guard let loss = PromptLoss(text: promise.loss), loss.needsReferences, references == nil
    else { return }
    throw ValidationError("--loss \(loss) compares with references: expected --references FIELD")
  }

  func apply(to settings: inout CalibrationSettings) throws {
    settings.prompts = try PromptSource.list(prompts, of: "--prompts")
    settings.tuningPrompts = try PromptSource.list(tuning, of: "--tuning")
    settings.tuningShare = tuningShare ?? settings.tuningShare
    settings.references = references
    settings.excluded = try excludeHashes.map(ContentDigest.list(path:)) ?? []
    settings.limit = limit
    settings.maxTokens = maxTokens
    settings.longestPrompt = maxPromptTokens
    settings.usesChatTemplate = !plain
    settings.seed = seed
  }

  /// The settings as the provenance records them.
  var settings: [(name: String, value: String)] {
    [
      ("max_tokens", "\(maxTokens)"), ("max_prompt_tokens", "\(maxPromptTokens)"),
      ("seed", "\(seed)"),
    ]
  }
}
