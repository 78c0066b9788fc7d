import CleaveModel
import CleaveRuntime
import CleaveStorage
import CleaveText

/// One generation from the command line: which session to run, on which prompt.
struct Conversation {
  private let artifact: Artifact
  private let cloud: CloudChoice?
  private let sampling: Sampling
  private let threads: Int?
  private let numerics: Numerics
  private let thresholds: [Double]
  private let tokenizer: Tokenizer
  private let opening: OpeningTimes
  private let collaboration: CollaborationOptions

  /// - Parameter opening: the stages before this one.
  init(
    artifact: Artifact, cloud: CloudChoice?, thresholds: [Double]?, sampling: Sampling,
    threads: Int?,
    numerics: Numerics, collaboration: CollaborationOptions, opening: OpeningTimes
  ) throws {
    self.artifact = artifact
    self.collaboration = collaboration
    self.cloud = cloud
    self.sampling = sampling
    self.threads = threads
    self.numerics = numerics
    switch artifact.manifest.role {
    case .cloud:
      throw InputError(
        file: artifact.path, location: "role", found: "cloud",
        expected: "edge, or a model to run whole",
        advice: "Give the edge bundle and --cloud \(artifact.path).")
    case .model where cloud != nil || thresholds != nil:
      throw InputError(
        file: artifact.path, location: "role", found: "model, which runs whole",
        expected: "an edge bundle with --cloud or --threshold")
    case .model, .edge: break
    }
    self.thresholds = try Self.expand(thresholds, artifact, standalone: cloud == nil)
    tokenizer = try artifact.tokenizer()
    var opening = opening
    opening.finish("tokenizer")
    self.opening = opening
  }

  var hasCloud: Bool { cloud != nil }
  var exitDepths: [Int] { artifact.manifest.exits.map(\.depth) }

  private static func expand(_ given: [Double]?, _ artifact: Artifact, standalone: Bool) throws
    -> [Double]
  {
    let exits = artifact.manifest.exits
    guard let given else {
      return ExitPolicy.shipped(artifact.manifest, standalone: standalone).thresholds
    }
    if given.count == 1 { return exits.map { _ in given[0] } }
    guard given.count == exits.count else {
      throw InputError(
        file: "--threshold", found: "\(given.count) numbers",
        expected: "one, or one for each of the \(exits.count) exits")
    }
    return given
  }

  func promptText(_ prompt: String, chat: Bool, system: String?) throws -> String {
    guard chat else { return prompt }
    let tokens = artifact.manifest.tokens
    guard let text = tokens.chatTemplate else {
      throw UnsupportedChat(
        description: "\(artifact.path) has no chat template; run without --chat")
    }
    let template = try ChatTemplate(
      text, bos: tokens.beginOfText.flatMap(tokenizer.token(of:)),
      eos: tokens.endOfText.first.flatMap(tokenizer.token(of:)))
    let messages =
      (system.map { [ChatMessage(role: "system", content: $0)] } ?? [])
      + [ChatMessage(role: "user", content: prompt)]
    return try template.render(messages, addGenerationPrompt: true)
  }

  /// Generates, showing text as it comes.
  func run(
    _ text: String, maxTokens: Int, stop: [String], addSpecialTokens: Bool, printer: TokenPrinter
  ) async throws -> Outcome {
    var opening = opening
    let prompt = tokenizer.encode(text, addSpecialTokens: addSpecialTokens)
    opening.finish("prompt")
    guard !prompt.isEmpty else {
      throw InputError(file: "--prompt", found: "no tokens", expected: "some text")
    }
    var stream = StoppableText(tokenizer: tokenizer, stop: stop)
    let generation = Generation(
      maxTokens: maxTokens, stopTokens: Set(artifact.manifest.tokens.endOfText))
    let (session, client) = try await makeSession(try ThreadPool(threads: threads))
    opening.finish("weights")
    var timing = Timing()
    let result = try await generate(generation, session, prompt) { answer in
      timing.tokenCame()
      try printer.show(stream.append(answer.token), from: answer.source)
      return !stream.isStopped && !Interruption.isRequested
    }
    try printer.show(stream.finish(), from: result.answers.last?.source ?? .model)
    timing.finish()
    let counts = await (session as? EdgeSession)?.counts
    await client?.close()
    let end = Interruption.isRequested ? "interruption" : result.end.rawValue
    return Outcome(
      text: stream.text, answers: result.answers, end: stream.isStopped ? "stop_text" : end,
      promptTokens: prompt.count, exitDepths: exitDepths,
      cloud: await cloudOutcome(client, counts),
      opening: opening, timing: timing)
  }

  private func cloudOutcome(
    _ client: CloudClient?, _ counts: EdgeSession.Counts?
  ) async -> CloudOutcome? {
    guard let client else { return nil }
    return await CloudOutcome(
      requests: client.requests, bytesUp: client.bytesUp, bytesDown: client.bytesDown,
      codec: client.encoding.description, reconnections: client.reconnections,
      repeats: client.repeats, departures: client.departures,
      counts: counts ?? EdgeSession.Counts())
  }

  /// Opens the session's existential type.
  private func generate(
    _ generation: Generation, _ session: any DecodingSession, _ prompt: [Int],
    _ onAnswer: (Answer) throws -> Bool
  ) async throws -> Generation.Result {
    try await generation.run(session, prompt: prompt, onAnswer: onAnswer)
  }

  private func makeSession(
    _ pool: ThreadPool
  ) async throws -> (any DecodingSession, CloudClient?) {
    if artifact.manifest.role == .model {
      let session = WholeModelSession(
        try WholeModel(artifact), sampling: sampling, numerics: numerics, pool: pool)
      return (session, nil)
    }
    let edge = try EdgeModel(artifact)
    let client = try await cloud?.client(
      edge: artifact.manifest, numerics: numerics, pool: pool, collaboration
    ) { printError("cleave: \($0)") }
    let policy = ExitPolicy(thresholds: thresholds, standalone: client == nil)
    let session = EdgeSession(
      edge, policy: policy, sampling: sampling, numerics: numerics, cloud: client,
      options: client == nil ? .init() : collaboration.options(isRemote: cloud?.isRemote == true),
      pool: pool)
    return (session, client)
  }
}
