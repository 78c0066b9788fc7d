import ArgumentParser
import CleaveEvaluate
import CleaveModel
import CleaveTrain

/// What exits learn from.
struct TrainingDataOptions: ParsableArguments {
  @Option(
    help: "Learn from the states in this directory, captured by an earlier training of this model.")
  var capture: String?

  @Option(help: "Text file, UTF-8; may be given again.")
  var data: [String] = []

  @Option(help: "Prompts, FILE:FIELD[#COUNT][:FORMAT]; may be given again.")
  var prompts: [String] = []

  @Option(help: "Leave out prompts whose content is in FILE:FIELD; may be given again.")
  var exclude: [String] = []

  @Option(
    help: "The model continues each prompt by at most so many tokens, and that is learnt from.")
  var selfGenerate: Int?

  @Option(help: "Share of the prompts continued by drawing tokens; the others greedily.")
  var sampledShare = 0.0

  @Option(help: "Tokens of the longest text; longer ones are cut.")
  var longest = 384

  @Option(help: "One text in so many is held out: scores, early stopping, temperatures.")
  var heldOutOneIn = 20

  @Option(help: "Most bytes that captured states may take on the disk, in GB.")
  var captureLimit = 20.0

  var largestStore: Int { Int(min(captureLimit, 1e6) * 1e9) }

  func check() throws {
    guard (capture == nil) != (data.isEmpty && prompts.isEmpty) else {
      throw ValidationError("expected --data and --prompts to learn from, or --capture alone")
    }
    guard capture == nil || (exclude.isEmpty && selfGenerate == nil) else {
      throw ValidationError("--capture is captured already: expected no --exclude, --self-generate")
    }
    guard captureLimit > 0 else {
      throw ValidationError("--capture-limit \(captureLimit): expected more than 0")
    }
  }

  func settings() throws -> DataSettings {
    var settings = DataSettings()
    settings.texts = data
    settings.prompts = try prompts.map { try PromptSource(parsing: $0) }
    settings.excluded = try exclude.map { try FieldSource(parsing: $0) }
    settings.continuation = selfGenerate.map { .init(maxTokens: $0, sampledShare: sampledShare) }
    settings.longest = longest
    settings.heldOutOneIn = heldOutOneIn
    return settings
  }
}
