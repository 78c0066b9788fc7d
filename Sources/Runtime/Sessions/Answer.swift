/// One generated token, who gave it, and how sure they were.
public struct Answer: Equatable, Sendable {
  public enum Source: Hashable, Sendable {
    /// The exit after that many blocks.
    case exit(depth: Int)
    case cloud
    /// The whole model, run in one piece.
    case model
  }

  public let token: Int
  public let source: Source
  /// The largest probability of the logits the token was chosen from.
  public let confidence: Float
}

/// A session that takes tokens and gives the next one.
public protocol DecodingSession: Actor {
  /// Appends tokens to the context. The first call is the prompt.
  func feed(_ tokens: [Int]) async throws
  /// The token that follows everything fed so far; it is not fed by itself.
  func answer() async throws -> Answer
  /// The most tokens a context may have.
  nonisolated var contextLength: Int { get }
}

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
