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
    var prompts = PromptSet.Settings(longest: try Self.longestPrompt(artifact, settings))
    prompts.sources = settings.prompts
    prompts.limit = settings.limit
    prompts.excluded = settings.excluded
    prompts.usesChatTemplate = settings.usesChatTemplate
    set = try PromptSet(prompts, artifact, tokenizer: try artifact.tokenizer())
    pool = try ThreadPool(threads: settings.threads)
  }

  private static func longestPrompt(_ artifact: Artifact, _ settings: Settings) throws -> Int {
    let context = artifact.manifest.configuration.contextLength
    // The last token of an answer is never fed.
    let room = context - (settings.maxTokens - 1)
    guard settings.maxTokens >= 1, room >= settings.longestPrompt ?? 1 else {
      throw InputError(
        file: artifact.path, location: "context_length", found: "\(context)",
        expected:
          "at least \(settings.longestPrompt ?? 1) + \(settings.maxTokens) - 1, for a prompt "
          + "and its answer",
        advice: "Ask for shorter prompts or answers.")
    }
    return settings.longestPrompt ?? room
  }

  package func run() async throws -> ExitEvaluationReport {
    let sources = set.counts.enumerated().flatMap { Array(repeating: $0, count: $1) }
    let scores =
      settings.feedback == .none
      ? try await scoresAlone(sources: sources) : try scoresWithFeedback(sources: sources)
    return ExitEvaluationReport(
      manifest: artifact.manifest, set: set, settings: settings, scores: scores)
  }

  /// Answers each prompt with the whole model, then asks every exit at every position of the answer. Nothing comes
  /// back.
  private func scoresAlone(sources: [Int]) async throws -> [PromptScores] {
    var reader = ExitReader(edge, numerics: settings.numerics, pool: pool)
    var scores: [PromptScores] = []
    for (index, prompt) in set.prompts.enumerated() {
      let tokens = try await answer(prompt.tokens)
      let text = prompt.tokens + tokens.dropLast()
      let answers = try reader.answers(after: text, last: tokens.count)
      let exits = zip(answers, artifact.manifest.exits).map { answers, exit in
        zip(answers, tokens).map { ExitScore($0, by: exit.signal, truth: $1) }
      }
      scores.append(
        PromptScores(
          exits: exits, promptLength: prompt.tokens.count, source: sources[index]))
      progress(index + 1, set.prompts.count)
    }
    return scores
  }

  /// The whole model's answer to a prompt, at least one token, the one that ends the text included.
  private func answer(_ prompt: [Int]) async throws -> [Int] {
    let session = WholeModelSession(whole, numerics: settings.numerics, pool: pool)
    let generation = Generation(
      maxTokens: settings.maxTokens, stopTokens: Set(artifact.manifest.tokens.endOfText))
    return try await generation.run(session, prompt: prompt).all.map(\.token)
  }
}
