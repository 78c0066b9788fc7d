import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage
import CleaveText

/// Generates one text with a model artifact, an edge bundle alone, or an edge bundle and its cloud.
///
/// It composes the run: which session computes, on which weights, with which exit policy, and which
/// cloud it asks.
package struct TextGenerator {
  /// How tokens are computed and chosen.
  package struct Settings: Sendable {
    package var sampling = Sampling.greedy
    /// nil uses one thread for each processor.
    package var threads: Int?
    package var numerics = Numerics.standard
    /// Thresholds of the exits: one for all, or one for each. nil takes those of the bundle.
    package var thresholds: [Double]?

    package init() {}
  }

  /// What to generate, and when to stop.
  package struct Request: Sendable {
    /// The text to continue, as it is encoded.
    package var text: String
    package var maxTokens: Int
    /// Texts that end the generation; they are not part of it.
    package var stop: [String] = []
    /// Whether the tokenizer puts its special tokens around the text.
    package var addsSpecialTokens = true

    package init(text: String, maxTokens: Int) {
      self.text = text
      self.maxTokens = maxTokens
    }
  }

  private let artifact: Artifact
  private let cloud: CloudConnector?
  private let settings: Settings
  private let policy: ExitPolicy
  private let tokenizer: Tokenizer
  private let opening: OpeningTimes

  /// - Parameters:
  ///   - cloud: nil for an edge alone, or a model that runs whole.
  ///   - opening: the stages of opening before this one.
  /// - Throws: `InputError` for a cloud bundle, or a model with a cloud or thresholds;
  ///   `SettingError` for a number of thresholds that is not the number of exits.
  package init(
    _ artifact: Artifact, cloud: CloudConnector?, settings: Settings, opening: OpeningTimes
  ) throws {
    try Self.checkRole(artifact, isWhole: cloud == nil && settings.thresholds == nil)
    self.artifact = artifact
    self.cloud = cloud
    self.settings = settings
    policy = try ExitPolicy(
      settings.thresholds, artifact.manifest, mode: .init(hasCloud: cloud != nil))
    tokenizer = try artifact.tokenizer()
    var opening = opening
    opening.finish("tokenizer")
    self.opening = opening
  }

  package var hasCloud: Bool { cloud != nil }
  package var exitDepths: [Int] { artifact.manifest.exits.map(\.depth) }

  private static func checkRole(_ artifact: Artifact, isWhole: Bool) throws {
    switch artifact.manifest.role {
    case .cloud:
      throw InputError(
        file: artifact.path, location: "role", found: "cloud",
        expected: "edge, or a model to run whole",
        advice: "Give the edge bundle and --cloud \(artifact.path).")
    case .middle:
      throw InputError(
        file: artifact.path, location: "role", found: "middle",
        expected: "edge, or a model to run whole",
        advice: "Serve it with `cleave serve \(artifact.path) --cloud HOST:PORT`.")
    case .model where !isWhole:
      throw InputError(
        file: artifact.path, location: "role", found: "model, which runs whole",
        expected: "an edge bundle with --cloud or --threshold")
    case .model, .edge: break
    }
  }

  /// The text of a chat in which a user says `message`, as the model's chat template writes it.
  ///
  /// - Throws: `MissingChatTemplate`, and `InputError` for a template that fails.
  package func chatText(_ message: String, system: String?) throws -> String {
    guard let template = try artifact.manifest.tokens.template(tokenizer) else {
      throw MissingChatTemplate(artifact: artifact.path)
    }
    let messages =
      (system.map { [ChatMessage(role: "system", content: $0)] } ?? [])
      + [ChatMessage(role: "user", content: message)]
    return try template.render(messages, addGenerationPrompt: true)
  }

  /// Generates a text.
  ///
  /// - Parameters:
  ///   - onText: takes each piece of the text as it comes, and who answered its last token.
  ///   - onEvent: told what happens to the connection of a cloud server.
  ///   - onPrompt: told how many of the prompt's tokens have been read, and of how many.
  ///   - isInterrupted: asked after each piece of the prompt and each token; true ends the generation.
  /// - Throws: `SettingError` for a text without tokens, `ContextLimitError` for one that is too
  ///   long, whatever opening the weights and asking the cloud throw, and whatever `onText` throws.
  package func run(
    _ request: Request, onText: (String, Answer.Source) throws -> Void,
    onEvent: @escaping @Sendable (CloudEvent) -> Void,
    onPrompt: (_ done: Int, _ total: Int) -> Void = { _, _ in }, isInterrupted: () -> Bool
  ) async throws -> GenerationOutcome {
    var opening = opening
    let prompt = tokenizer.encode(request.text, addSpecialTokens: request.addsSpecialTokens)
    opening.finish("prompt")
    guard !prompt.isEmpty else {
      throw SettingError(.prompt, found: "no tokens", expected: "some text")
    }
    var stream = StoppableText(tokenizer: tokenizer, stop: request.stop)
    var generation = Generation(
      maxTokens: request.maxTokens, stopTokens: Set(artifact.manifest.tokens.endOfText))
    generation.feedsInPieces = true
    let (session, client) = try await makeSession(
      try ThreadPool(threads: settings.threads), onEvent)
    opening.finish("weights")
    var timing = GenerationTiming()
    let result = try await generate(generation, session, prompt) { done in
      onPrompt(done, prompt.count)
      return !isInterrupted()
    } onAnswer: { answer in
      timing.tokenCame()
      try onText(stream.append(answer.token), answer.source)
      return !stream.isStopped && !isInterrupted()
    }
    try onText(stream.finish(), result.answers.last?.source ?? .model)
    timing.finish()
    let counts = await (session as? EdgeSession)?.counts
    await client?.end()
    let end = isInterrupted() ? "interruption" : result.end.rawValue
    return GenerationOutcome(
      text: stream.text, answers: result.answers, end: stream.isStopped ? "stop_text" : end,
      promptTokens: prompt.count, exitDepths: exitDepths,
      cloud: await client?.usage(counts ?? EdgeSession.Counts()), opening: opening, timing: timing)
  }

  /// Opens the existential: the generation's loop runs on the concrete session.
  private func generate(
    _ generation: Generation, _ session: any DecodingSession, _ prompt: [Int],
    onPrompt: (Int) throws -> Bool, onAnswer: (Answer) throws -> Bool
  ) async throws -> Generation.Result {
    try await generation.run(session, prompt: prompt, onAnswer: onAnswer, onPrompt: onPrompt)
  }

  private func makeSession(
    _ pool: ThreadPool, _ onEvent: @escaping @Sendable (CloudEvent) -> Void
  ) async throws -> (any DecodingSession, CloudClient?) {
    if artifact.manifest.role == .model {
      let session = WholeModelSession(
        try WholeModel(artifact), sampling: settings.sampling, numerics: settings.numerics,
        pool: pool)
      return (session, nil)
    }
    let edge = try EdgeModel(artifact)
    let options = cloud?.sessionOptions ?? .init()
    let client = try await cloud?.client(
      edge: artifact.manifest, numerics: settings.numerics,
      feedback: EdgeSession.feedback(edge, policy: policy, options: options), pool: pool,
      onEvent: onEvent)
    let session = EdgeSession(
      edge, policy: policy, sampling: settings.sampling, numerics: settings.numerics,
      cloud: client, options: options, pool: pool)
    return (session, client)
  }
}

extension SettingError.Setting {
  /// The thresholds of the exits.
  package static let thresholds = Self("thresholds")
  /// The text to continue.
  package static let prompt = Self("prompt")
}
