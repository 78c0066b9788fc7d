import CleaveStorage

/// The error that a context would have more tokens than the model has positions.
package struct ContextLimitError: ExitStatusError, Equatable, Sendable {
  package let tokens: Int
  package let contextLength: Int

  package init(tokens: Int, contextLength: Int) {
    self.tokens = tokens
    self.contextLength = contextLength
  }

  package var description: String {
    "the context would hold \(tokens) tokens; the model was made for at most \(contextLength)."
      + " Shorten the prompt or ask for fewer tokens"
  }

  static func check(_ tokens: Int, contextLength: Int) throws {
    if tokens > contextLength {
      throw ContextLimitError(tokens: tokens, contextLength: contextLength)
    }
  }

  package var exitStatus: ExitStatus { .badInput }
}
