/// Runs a session token by token.
package struct Generation: Sendable {
  package enum End: String, Sendable {
    /// A token that ends a text.
    case stopToken = "stop_token"
    /// As many tokens as were asked for.
    case length
    /// The model has no more positions.
    case context
    /// The caller had enough.
    case caller
  }

  /// What came of it.
  package struct Result: Sendable {
    /// The text's tokens.
    package var answers: [Answer] = []
    /// The token that ended the text, which is not part of it: somebody answered it all the same.
    package var stop: Answer?
    package var end = End.length

    /// Everything that was answered.
    package var all: [Answer] { answers + (stop.map { [$0] } ?? []) }
  }

  /// Tokens that room is made for before the first: who asks for millions may end after ten.
  private static let reserved = 1024

  package var maxTokens: Int
  /// Tokens that end the text.
  package var stopTokens: Set<Int>

  package init(maxTokens: Int, stopTokens: Set<Int> = []) {
    self.maxTokens = maxTokens
    self.stopTokens = stopTokens
  }

  /// Feeds the prompt and then each answer.
  ///
  /// - Parameter onAnswer: takes each token of the text as it comes; false ends the generation.
  /// - Throws: `ContextLimitError` for a prompt that the model has no positions for.
  package func run(
    _ session: some DecodingSession, prompt: [Int],
    onAnswer: (Answer) throws -> Bool = { _ in true }
  ) async throws -> Result {
    try ContextLimitError.check(prompt.count, contextLength: session.contextLength)
    var result = Result()
    var next = prompt
    try await session.reserve(
      prompt.count + min(maxTokens, Self.reserved, session.contextLength - prompt.count))
    while result.answers.count < maxTokens {
      guard prompt.count + result.answers.count <= session.contextLength else {
        result.end = .context
        break
      }
      try await session.feed(next)
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
}
