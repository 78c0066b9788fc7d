/// Runs a session token by token.
public struct Generation: Sendable {
  public enum End: String, Sendable {
    /// A token that ends a text.
    case stopToken = "stop_token"
    /// As many tokens as were asked for.
    case length
    /// The model has no more positions.
    case context
    /// The caller had enough.
    case caller
  }

  public var maxTokens: Int
  /// Tokens that end the text; they are not passed on.
  public var stopTokens: Set<Int>

  public init(maxTokens: Int, stopTokens: Set<Int> = []) {
    self.maxTokens = maxTokens
    self.stopTokens = stopTokens
  }

  /// Feeds the prompt and then each answer.
  ///
  /// - Parameter onAnswer: takes each token as it comes; false ends the generation.
  public func run(
    _ session: some DecodingSession, prompt: [Int],
    onAnswer: (Answer) throws -> Bool = { _ in true }
  ) async throws -> (answers: [Answer], end: End) {
    var answers: [Answer] = []
    var next = prompt
    while answers.count < maxTokens {
      guard prompt.count + answers.count <= session.contextLength else {
        return (answers, .context)
      }
      try await session.feed(next)
      let answer = try await session.answer()
      if stopTokens.contains(answer.token) { return (answers, .stopToken) }
      answers.append(answer)
      guard try onAnswer(answer) else { return (answers, .caller) }
      next = [answer.token]
    }
    return (answers, .length)
  }
}
