import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage

/// The work of `cleave exits eval`: it measures how often a model's exits agree with the whole model, and how
/// well their confidence tells when they do. The whole model answers each prompt greedily; then every exit is
/// asked at every position of these answers, the token that ends the text included.
package struct ExitEvaluation {
  package struct Settings: Sendable {
    package var prompts: [PromptSource] = []
    /// The most prompts of a source that names no number itself; nil for all.
    package var limit: Int?
    package var excluded: Set<ContentDigest> = []
    /// The most tokens the whole model answers with.
    package var maxTokens = 128
    /// The most tokens of a prompt; longer texts are cut. Nil allows what the context has room for.
    package var longestPrompt: Int?
    package var usesChatTemplate = true
    /// Where the cloud's states come back to exits with feedback.
    package var feedback = FeedbackPlaces.none
    package var threads: Int?
    package var numerics = Numerics.standard

    package init() {}
  }

  let artifact: Artifact
  let settings: Settings
  let set: PromptSet
  private let whole: WholeModel
  let edge: EdgeModel
  let pool: ThreadPool
  /// Called with the number of prompts done and in all.
  package var progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }

  /// Opens everything, before any token is run.
  ///
  /// - Throws: `InputError` for a model without exits, and for settings or prompts that cannot be used.
  package init(model artifact: Artifact, settings: Settings) throws {
    edge = try EdgeModel(exitsOf: artifact)
    try Self.checkFeedback(artifact, settings)
    whole = try WholeModel(artifact)
    self.artifact = artifact
    self.settings = settings
    var prompts = PromptSet.Settings(
      longest: try settings.room(
        context: artifact.manifest.configuration.contextLength, file: artifact.path))
    prompts.sources = settings.prompts
    prompts.limit = settings.limit
    prompts.excluded = settings.excluded
    prompts.usesChatTemplate = settings.usesChatTemplate
    set = try PromptSet(prompts, artifact, tokenizer: try artifact.tokenizer())
    pool = try ThreadPool(threads: settings.threads)
  }

  package func run() async throws -> ExitEvaluationReport { report(of: try await judge()) }

  /// Lets the whole model answer every prompt and asks every exit at every position.
  ///
  /// - Returns: one for each prompt, in order.
  package func judge() async throws -> [JudgedAnswer] {
    let sources = set.counts.enumerated().flatMap { Array(repeating: $0, count: $1) }
    return settings.feedback == .none
      ? try await judgeAlone(sources: sources) : try judgeWithFeedback(sources: sources)
  }

  package func report(of judged: [JudgedAnswer]) -> ExitEvaluationReport {
    let exits = artifact.manifest.exits
    return ExitEvaluationReport(
      manifest: artifact.manifest, set: set, settings: settings,
      scores: judged.map { $0.scores(exits) })
  }

  /// The trace of what was judged, for `cleave plan`.
  package func trace(of judged: [JudgedAnswer]) -> ExitTrace {
    let manifest = artifact.manifest
    return ExitTrace(
      modelID: manifest.modelID, exits: Array(manifest), feedback: settings.feedback.description,
      texts: judged.map { $0.text(manifest.exits) })
  }

  /// Answers each prompt with the whole model, then asks every exit at every position of the answer. Nothing comes
  /// back.
  private func judgeAlone(sources: [Int]) async throws -> [JudgedAnswer] {
    var reader = ExitReader(edge, numerics: settings.numerics, pool: pool)
    var judged: [JudgedAnswer] = []
    for (index, prompt) in set.prompts.enumerated() {
      let tokens = try await answer(prompt.tokens)
      let text = prompt.tokens + tokens.dropLast()
      let answers = try reader.answers(after: text, last: tokens.count)
      var answer = JudgedAnswer(promptLength: prompt.tokens.count, source: sources[index])
      answer.truth = tokens
      answer.answers = tokens.indices.map { token in answers.map { $0[token] } }
      judged.append(answer)
      progress(index + 1, set.prompts.count)
    }
    return judged
  }

  /// The whole model's answer to a prompt, at least one token, the one that ends the text included.
  private func answer(_ prompt: [Int]) async throws -> [Int] {
    let session = WholeModelSession(whole, numerics: settings.numerics, pool: pool)
    let generation = Generation(
      maxTokens: settings.maxTokens, stopTokens: Set(artifact.manifest.tokens.endOfText))
    return try await generation.run(session, prompt: prompt).all.map(\.token)
  }
}

extension ExitEvaluation.Settings {
  /// The most tokens of a prompt.
  ///
  /// - Parameters:
  ///   - context: the model's context length.
  ///   - file: the model, for error messages.
  /// - Throws: `InputError` where it has no room for a prompt and its answer.
  package func room(context: Int, file: String) throws -> Int {
    // The last token of an answer is never fed.
    let room = context - (maxTokens - 1)
    guard maxTokens >= 1, room >= longestPrompt ?? 1 else {
      throw InputError(
        file: file, location: "context_length", found: "\(context)",
        expected: "at least \(longestPrompt ?? 1) + \(maxTokens) - 1, for a prompt and its answer",
        advice: "Ask for shorter prompts or answers.")
    }
    return longestPrompt ?? room
  }
}
