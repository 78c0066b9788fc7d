/// More tokens than the model has positions for.
public struct ContextLimitError: Error, Equatable, Sendable, CustomStringConvertible {
  public let tokens: Int
  public let contextLength: Int

  public init(tokens: Int, contextLength: Int) {
    self.tokens = tokens
    self.contextLength = contextLength
  }

  public var description: String {
    "the context would hold \(tokens) tokens; the model was made for at most \(contextLength)."
      + " Shorten the prompt or ask for fewer tokens"
  }

  static func check(_ tokens: Int, contextLength: Int) throws {
    if tokens > contextLength {
      throw ContextLimitError(tokens: tokens, contextLength: contextLength)
    }
  }
}
