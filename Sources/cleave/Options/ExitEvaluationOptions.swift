import ArgumentParser
import CleaveEvaluate
import CleavePrompts
import CleaveStorage

/// Options of `cleave eval --exits`.
struct ExitEvaluationOptions: ParsableArguments {
  @Flag(help: "Measure the model's exits on its own answers to prompts.")
  var exits = false

  @Option(
    help: ArgumentHelp(
      """
      Prompts from a JSON-lines file, FILE:FIELD[#COUNT][:FORMAT]: of each line the string in FIELD, put \
      into FORMAT in the place of {FIELD}, where \\n is a line end. COUNT takes so many, those with the \
      smallest digests. May be given several times.
      """, valueName: "source"))
  var prompts: [String] = []

  @Option(help: "The most prompts of a source that gives no #COUNT (default: all).")
  var limit: Int?

  @Option(help: "The most tokens of an answer (default: 128).")
  var maxTokens: Int?

  @Option(
    help:
      "The most tokens of a prompt; longer texts are cut (default: what the context has room for).")
  var maxPromptTokens: Int?

  @Option(
    help: ArgumentHelp(
      "Leave out texts whose SHA-256 is in this file, one a line, of UTF-8 without white space around.",
      valueName: "file"))
  var excludeHashes: String?

  @Flag(help: "Prompts as they stand, without the chat template.")
  var plain = false

  /// Whether anything was said that only `--exits` heeds.
  var areGiven: Bool {
    !prompts.isEmpty || limit != nil || maxTokens != nil || maxPromptTokens != nil
      || excludeHashes != nil || plain
  }

  func validate() throws {
    for (name, value) in [
      ("--limit", limit), ("--max-tokens", maxTokens), ("--max-prompt-tokens", maxPromptTokens),
    ] {
      if let value, value < 1 { throw ValidationError("\(name) \(value): expected at least 1") }
    }
    guard exits != prompts.isEmpty else {
      throw ValidationError(
        exits ? "--exits: expected --prompts too" : "--prompts: expected --exits too")
    }
    guard exits || !areGiven else {
      throw ValidationError("--exits is missing beside options that only it heeds")
    }
  }

  func settings(_ engine: EngineOptions) throws -> ExitEvaluation.Settings {
    var settings = ExitEvaluation.Settings()
    settings.prompts = try prompts.map(PromptSource.init(parsing:))
    settings.limit = limit
    settings.maxTokens = maxTokens ?? settings.maxTokens
    settings.longestPrompt = maxPromptTokens
    settings.excluded = try excludeHashes.map(ContentDigest.list(path:)) ?? []
    settings.usesChatTemplate = !plain
    settings.threads = engine.threads
    settings.numerics = engine.numerics
    return settings
  }
}
