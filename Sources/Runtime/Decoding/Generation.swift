/// The limits of a generation, which runs a session token by token.
package struct Generation: Sendable {
  package enum End: String, Sendable {
    /// A stop token was generated.
    case stopToken = "stop_token"
    /// As many tokens as were asked for were generated.
    case length
    /// The model has no more positions.
    case context
    /// The caller ended the generation.
    case caller
  }

  /// The outcome of a generation.
  package struct Result: Sendable {
    /// The generated tokens.
    package var answers: [Answer] = []
    /// The stop token, which is not part of the text but took a step to generate.
    package var stop: Answer?
    package var end = End.length

    /// The generated tokens and the stop token.
    package var all: [Answer] { answers + (stop.map { [$0] } ?? []) }
  }

  /// The most generated tokens that the KV cache has room for beforehand: a limit of millions is seldom
  /// reached.
  private static let reserved = 1024

  package var maxTokens: Int
  /// The tokens that end a generation.
  package var stopTokens: Set<Int>
  /// Whether the prompt is fed in pieces, so that it can be watched and ended. The answers are the
  /// same.
  package var feedsInPieces = false
  /// The number of the prompt's tokens that the session was fed before; fewer than the prompt has.
  package var known = 0

  package init(maxTokens: Int, stopTokens: Set<Int> = []) {
    self.maxTokens = maxTokens
    self.stopTokens = stopTokens
  }

  /// Feeds the prompt and then each generated token.
  ///
  /// - Parameters:
  ///   - onAnswer: takes each token of the text as it comes; false ends the generation.
  ///   - onPrompt: told how many of the prompt's tokens have been fed; false ends the generation.
  /// - Throws: `ContextLimitError` for a prompt that the model has no positions for.
  package func run(
    _ session: some DecodingSession, prompt: [Int],
    onAnswer: (Answer) throws -> Bool = { _ in true },
    onPrompt: (Int) throws -> Bool = { _ in true }
  ) async throws -> Result {
    try ContextLimitError.check(prompt.count, contextLength: session.contextLength)
    var result = Result()
    precondition(known == 0 || known < prompt.count)
    var next = Array(prompt.dropFirst(known))
    try await session.reserve(
      prompt.count + min(maxTokens, Self.reserved, session.contextLength - prompt.count))
    while result.answers.count < maxTokens {
      guard prompt.count + result.answers.count <= session.contextLength else {
        result.end = .context
        break
      }
      let isPrompt = result.answers.isEmpty
      guard try await feed(next, to: session, { isPrompt ? try onPrompt(known + $0) : true }) else {
        result.end = .caller
        break
      }
      let answer = try await session.answer()
      if stopTokens.contains(answer.token) {
        result.stop = answer
        result.end = .stopToken
        break
      }
      result.answers.append(answer)
      guard try onAnswer(answer) else {
        result.end = .caller
        break
      }
      next = [answer.token]
    }
    return result
  }

  /// Feeds tokens, in pieces if that is asked for.
  ///
  /// - Returns: whether the generation goes on.
  private func feed(
    _ tokens: [Int], to session: some DecodingSession, _ onFed: (Int) throws -> Bool
  ) async throws -> Bool {
    guard feedsInPieces, tokens.count > 1 else {
      try await session.feed(tokens)
      return try onFed(tokens.count)
    }
    for first in stride(from: 0, to: tokens.count, by: Workspace.largestBatch) {
      let end = min(first + Workspace.largestBatch, tokens.count)
      try await session.feed(Array(tokens[first..<end]))
      guard try onFed(end) else { return false }
    }
    return true
  }
}
