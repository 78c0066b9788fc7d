import CleaveGenerate
import CleaveRuntime
import CleaveStorage

/// What happens while an answer is made.
package enum AnswerEvent: Sendable {
  /// So many tokens of the prompt have been read.
  case prompt(done: Int)
  /// A token, and the text that is certain with it; often none.
  case token(text: String, answer: Answer)
  case ended(AnswerOutcome)
}

/// An answer to one prompt.
package struct AnswerOutcome: Sendable {
  package let prompt: [Int]
  package let text: String
  /// Text that was held back until the end.
  package let rest: String
  package let answers: [Answer]
  /// The stop token, where one ended the answer.
  package let stop: Answer?
  /// Whether a stop token or a stop text ended it; else the limit did.
  package let isStopped: Bool
  /// Tokens of the prompt that were read in an earlier request.
  package let reused: Int
  /// nil without a cloud.
  package let cloud: CloudUsage?

  /// The tokens that were generated, the stop token included.
  package var generated: [Int] { (answers + (stop.map { [$0] } ?? [])).map(\.token) }
}

extension ServedModel {
  /// Answers one prompt.
  ///
  /// - Parameter onEvent: told of each token and of the end; what it throws ends the run.
  /// - Throws: `CancellationError` when the task is cancelled, between two tokens or pieces of the prompt;
  ///   `ContextLimitError` for a prompt that is too long; what the session and the cloud throw.
  func answer(
    _ prompt: [Int], _ request: TextRequest, onEvent: (AnswerEvent) throws -> Void
  ) async throws {
    let limit = request.maxTokens ?? max(1, contextLength - prompt.count)
    guard limit > 0 else {
      _ = try resolved(request.control)
      return try onEvent(.ended(AnswerOutcome(empty: prompt)))
    }
    let control = try resolved(request.control)
    let (opened, known) = try await session(for: prompt, control, request.sampling)
    do {
      let before = await opened.usage()
      let result = try await run(opened, prompt, request, limit: limit, known: known, onEvent)
      let cloud = await opened.usage().map { $0.since(before) }
      await keep(opened, control, prompt, result.generation)
      try onEvent(.ended(AnswerOutcome(prompt, result, reused: known, cloud: cloud)))
    } catch {
      await opened.close()
      throw error
    }
  }

  /// A session that has read the beginning of a prompt, or a new one.
  ///
  /// - Returns: the session, and the number of tokens that it has read.
  private func session(
    for prompt: [Int], _ control: RunControl, _ sampling: Sampling
  ) async throws -> (OpenSession, known: Int) {
    if let (kept, shared) = conversations.take(prompt, control) {
      do {
        try await kept.restart(at: shared, sampling: sampling)
        return (kept, shared)
      } catch {
        // The cloud may have let go of it.
        await kept.close()
      }
    }
    return (try await open(control, sampling), 0)
  }

  /// Keeps a session for the conversation to go on with.
  private func keep(
    _ opened: OpenSession, _ control: RunControl, _ prompt: [Int], _ result: Generation.Result
  ) async {
    guard opened.mayGoOn, conversations.isOn else { return await opened.close() }
    // The last token of an answer that a stop token did not end was not fed.
    let fed = result.answers.map(\.token).dropLast(result.end == .stopToken ? 0 : 1)
    await conversations.put(
      .init(
        tokens: prompt + fed, control: control, session: opened, bytes: await opened.bytes(),
        since: .now))
  }

  private func run(
    _ opened: OpenSession, _ prompt: [Int], _ request: TextRequest, limit: Int, known: Int,
    _ onEvent: (AnswerEvent) throws -> Void
  ) async throws -> RunResult {
    var stream = StoppableText(tokenizer: tokenizer, stop: request.stop)
    var generation = Generation(
      maxTokens: limit, stopTokens: Set(artifact.manifest.tokens.endOfText))
    generation.feedsInPieces = true
    generation.known = known
    let result = try await generate(generation, opened.session, prompt) { done in
      try Task.checkCancellation()
      try onEvent(.prompt(done: done))
      return true
    } onAnswer: { answer in
      try Task.checkCancellation()
      try onEvent(.token(text: stream.append(answer.token), answer: answer))
      return !stream.isStopped
    }
    let rest = stream.finish()
    return RunResult(
      generation: result, text: stream.text, rest: rest, isStopped: stream.isStopped)
  }

  /// Opens the existential: the generation's loop runs on the concrete session.
  private func generate(
    _ generation: Generation, _ session: some DecodingSession, _ prompt: [Int],
    onPrompt: (Int) throws -> Bool, onAnswer: (Answer) throws -> Bool
  ) async throws -> Generation.Result {
    try await generation.run(session, prompt: prompt, onAnswer: onAnswer, onPrompt: onPrompt)
  }
}

/// A generation that has ended, and its text.
private struct RunResult {
  let generation: Generation.Result
  let text: String
  let rest: String
  /// Whether a stop text ended it.
  let isStopped: Bool
}

extension AnswerOutcome {
  fileprivate init(_ prompt: [Int], _ result: RunResult, reused: Int, cloud: CloudUsage?) {
    self.init(
      prompt: prompt, text: result.text, rest: result.rest, answers: result.generation.answers,
      stop: result.generation.stop,
      isStopped: result.isStopped || result.generation.end == .stopToken, reused: reused,
      cloud: cloud)
  }

  /// The answer of no tokens.
  fileprivate init(empty prompt: [Int]) {
    self.init(
      prompt: prompt, text: "", rest: "", answers: [], stop: nil, isStopped: false, reused: 0,
      cloud: nil)
  }
}
