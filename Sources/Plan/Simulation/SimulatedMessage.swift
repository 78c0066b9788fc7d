/// What a simulated edge says to its cloud.
enum SimulatedMessage: Sendable {
  /// A new text: the session is empty.
  case begin
  case states(Int)
  /// A request at a position, with states that go before it; the head runs for so many rows.
  case ask(number: Int, position: Int, states: Int, rows: Int)
  case rewind(Int)
  /// The whole text is generated in the cloud.
  case generate(prompt: Int, tokens: Int)
}
