/// A session that takes tokens and gives the next one.
public protocol DecodingSession: Actor {
  /// Appends tokens to the context. The first call is the prompt.
  func feed(_ tokens: [Int]) async throws
  /// The token that follows everything fed so far; it is not fed by itself.
  func answer() async throws -> Answer
  /// The most tokens a context may have.
  nonisolated var contextLength: Int { get }
}
