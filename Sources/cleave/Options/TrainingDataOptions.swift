import ArgumentParser
import CleavePrompts
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

  @Option(
    help: "Share of the prompts continued by drawing tokens; the others greedily (default: 0).")
  var sampledShare: Double?

  @Option(help: "Tokens of the longest text; longer ones are cut (default: 384).")
  var longest: Int?

  @Option(
    help: "One text in so many is held out: scores, early stopping, temperatures (default: 20).")
  var heldOutOneIn: Int?

  @Option(help: "Most bytes that captured states may take on the disk, in GB (default: 20).")
  var captureLimit: Double?

  @Option(help: "The teacher's best tokens kept at each position (default: 32).")
  var teacherTokens: Int?

  var largestStore: Int { Int(min(captureLimit ?? 20, 1e6) * 1e9) }

  func check() throws {
    guard (capture == nil) != (data.isEmpty && prompts.isEmpty) else {
      throw ValidationError("expected --data and --prompts to learn from, or --capture alone")
    }
    // What was captured cannot be changed: an option that does nothing would be believed.
    let ofCapturing: [(String, Bool)] = [
      ("--exclude", !exclude.isEmpty), ("--self-generate", selfGenerate != nil),
      ("--sampled-share", sampledShare != nil), ("--longest", longest != nil),
      ("--held-out-one-in", heldOutOneIn != nil), ("--capture-limit", captureLimit != nil),
      ("--teacher-tokens", teacherTokens != nil),
    ]
    if capture != nil, let given = ofCapturing.first(where: \.1) {
      throw ValidationError("\(given.0) is for capturing; --capture takes what was captured")
    }
    try checkValues()
  }

  private func checkValues() throws {
    if selfGenerate != nil, prompts.isEmpty, capture == nil {
      throw ValidationError("--self-generate continues prompts: expected --prompts")
    }
    if sampledShare != nil, selfGenerate == nil {
      throw ValidationError("--sampled-share is of what --self-generate writes: expected both")
    }
    if let captureLimit, !(captureLimit > 0) {
      throw ValidationError("--capture-limit \(captureLimit): expected more than 0")
    }
    if let teacherTokens, !(1...4096).contains(teacherTokens) {
      throw ValidationError("--teacher-tokens \(teacherTokens): expected 1 to 4096")
    }
  }

  func settings() throws -> DataSettings {
    var settings = DataSettings()
    settings.texts = data
    settings.prompts = try prompts.map { try PromptSource(parsing: $0) }
    settings.excluded = try exclude.map { try FieldSource(parsing: $0) }
    settings.continuation = selfGenerate.map {
      .init(maxTokens: $0, sampledShare: sampledShare ?? 0)
    }
    settings.longest = longest ?? 384
    settings.heldOutOneIn = heldOutOneIn ?? 20
    return settings
  }
}
