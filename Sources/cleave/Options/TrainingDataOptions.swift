import ArgumentParser
import CleavePrompts
import CleaveTrain

/// Options of the texts that exits learn from.
struct TrainingDataOptions: ParsableArguments {
  @Option(
    help: """
      Directory of a capture that an earlier training of this model wrote; its hidden states are used \
      again.
      """)
  var capture: String?

  @Option(help: "Text file to learn from, UTF-8; - is standard input. May be repeated.")
  var data: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: "Prompts to learn from, FILE:FIELD[#COUNT][:FORMAT]. May be repeated.")
  var prompts: [String] = []

  @Option(
    help: """
      The model writes this many prompts of its own to learn from, half as a user's turn in its chat \
      template, half from nothing. Empty and repeated ones are dropped.
      """)
  var selfPrompt: Int?

  @Option(help: "The most tokens of a prompt that the model writes (default: 96).")
  var selfPromptTokens: Int?

  @Option(help: "Temperature at which the model writes its prompts (default: 1).")
  var selfPromptTemperature: Float?

  @Option(
    help:
      "The model's prompts are sampled among this many most probable tokens; 0 is all (default: 64)."
  )
  var selfPromptTopK: Int?

  @Option(
    help: """
      The model's prompts are sampled among the fewest most probable tokens whose probabilities reach \
      this (default: 0.95).
      """)
  var selfPromptTopP: Float?

  @Option(
    parsing: .unconditionalSingleValue,
    help: "Leave out prompts whose text is in this field of a file, FILE:FIELD. May be repeated.")
  var exclude: [String] = []

  @Option(
    help: """
      The model continues each prompt by at most this many tokens, which are learnt from too (default: none; \
      128 with --self-prompt).
      """)
  var selfGenerate: Int?

  @Option(
    help: """
      Share of the prompts that the model continues with sampled tokens; it continues the others with the \
      most probable ones (default: 0).
      """)
  var sampledShare: Double?

  @Option(
    help: """
      Go on for this many turns, as long as a text has room: the model writes the user's next text after its \
      own answer, as --self-prompt writes prompts, and answers it (default: 1).
      """)
  var turns: Int?

  @Option(help: "The most tokens of a text; longer texts are cut (default: 384).")
  var longest: Int?

  @Option(
    help: """
      Hold out one text in this many, for scores, early stopping and temperatures (default: 20).
      """)
  var heldOutOneIn: Int?

  @Option(help: "The most disk space that the capture may take, in GB (default: 20).")
  var captureLimit: Double?

  @Option(
    help: "Number of the model's most probable tokens captured at each position (default: 32).")
  var teacherTokens: Int?

  /// The most tokens of an answer; nil where prompts are not answered. A prompt of the model's own is of no use
  /// without its answer.
  private var newTokens: Int? { selfGenerate ?? (selfPrompt == nil ? nil : 128) }

  var largestStore: Int { Int(min(captureLimit ?? 20, 1e6) * 1e9) }

  func check() throws {
    guard (capture == nil) != (data.isEmpty && prompts.isEmpty && selfPrompt == nil) else {
      throw ValidationError(
        "expected --data and --prompts to learn from, or --capture alone; with no data at hand, "
          + "--self-prompt 2000 lets the model write its own")
    }
    // What was captured cannot be changed: an option that does nothing would be believed.
    let ofCapturing: [(String, Bool)] = [
      ("--exclude", !exclude.isEmpty), ("--self-generate", selfGenerate != nil),
      ("--sampled-share", sampledShare != nil), ("--turns", turns != nil),
      ("--longest", longest != nil),
      ("--held-out-one-in", heldOutOneIn != nil), ("--capture-limit", captureLimit != nil),
      ("--teacher-tokens", teacherTokens != nil),
    ]
    if capture != nil, let given = ofCapturing.first(where: \.1) {
      throw ValidationError("\(given.0) is for capturing; --capture takes what was captured")
    }
    try checkValues()
  }

  private func checkValues() throws {
    if selfGenerate != nil, prompts.isEmpty, selfPrompt == nil, capture == nil {
      throw ValidationError(
        "--self-generate continues prompts: expected --prompts or --self-prompt")
    }
    let ofPrompting: [(String, Bool)] = [
      ("--self-prompt-tokens", selfPromptTokens != nil),
      ("--self-prompt-temperature", selfPromptTemperature != nil),
      ("--self-prompt-top-k", selfPromptTopK != nil),
      ("--self-prompt-top-p", selfPromptTopP != nil),
    ]
    if selfPrompt == nil, turns == nil, let given = ofPrompting.first(where: \.1) {
      throw ValidationError("\(given.0) is of the prompts that --self-prompt writes: expected both")
    }
    if turns != nil, newTokens == nil {
      throw ValidationError(
        "--turns goes on after the answers of --self-generate: expected both")
    }
    if sampledShare != nil, newTokens == nil {
      throw ValidationError(
        "--sampled-share is a share of the prompts that --self-generate continues: expected both")
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
    settings.prompts = try PromptSource.list(prompts, of: "--prompts")
    settings.excluded = try UsageError.naming("--exclude") {
      try exclude.map { try FieldSource(parsing: $0) }
    }
    settings.selfPrompts = selfPrompt.map(ownPrompts)
    settings.turns = turns ?? settings.turns
    settings.userTexts = ownPrompts(1)
    settings.continuation = newTokens.map {
      .init(maxTokens: $0, sampledShare: sampledShare ?? 0)
    }
    settings.longest = longest ?? 384
    settings.heldOutOneIn = heldOutOneIn ?? 20
    return settings
  }

  private func ownPrompts(_ count: Int) -> DataSettings.SelfPrompts {
    var own = DataSettings.SelfPrompts(count: count)
    own.maxTokens = selfPromptTokens ?? own.maxTokens
    own.temperature = selfPromptTemperature ?? own.temperature
    own.topK = selfPromptTopK ?? own.topK
    own.topP = selfPromptTopP ?? own.topP
    return own
  }
}
