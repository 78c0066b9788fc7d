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

  package init(maxTokens: Int, stopTokens: Set<Int> = []) {
    self.maxTokens = maxTokens
    self.stopTokens = stopTokens
  }

  /// Feeds the prompt and then each generated token.
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
