/// One generation: it takes the tokens of a context and gives the next one.
package protocol DecodingSession: Actor {
  /// Appends tokens to the context. The first calls are the prompt, whole or in pieces.
  func feed(_ tokens: [Int]) async throws
  /// The token that follows everything fed so far; it is not fed by itself.
  func answer() async throws -> Answer
  /// Makes room for a context of this many tokens, so that decoding does not grow it.
  ///
  /// - Throws: `InputError` when there is no memory for it.
  func reserve(_ positions: Int) async throws
  /// The most tokens a context may have.
  nonisolated var contextLength: Int { get }
}
