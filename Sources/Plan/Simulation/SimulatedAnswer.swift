/// An answer that a simulated edge gets.
struct SimulatedAnswer: Sendable {
  /// The request that it answers; for a text generated in the cloud the index of the token.
  let number: Int
  /// The exit of a middle tier that answered; nil where the whole model did.
  var exit: Int?
}
