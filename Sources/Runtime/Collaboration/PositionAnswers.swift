/// The answers of every exit and of the whole model at one position.
package struct PositionAnswers: Sendable {
  /// The answer of each exit, by rising depth.
  package let exits: [ExitAnswer]
  /// The whole model's most probable token.
  package let token: Int
  /// The probability of that token.
  package let maxProbability: Float

  package init(exits: [ExitAnswer], token: Int, maxProbability: Float) {
    self.exits = exits
    self.token = token
    self.maxProbability = maxProbability
  }
}
