/// What everybody says after a text.
package struct PlaceAnswers: Sendable {
  /// Of each exit, in rising depth.
  package let exits: [ExitAnswer]
  /// The whole model's most probable token.
  package let token: Int
  /// Its probability.
  package let maxProbability: Float

  package init(exits: [ExitAnswer], token: Int, maxProbability: Float) {
    self.exits = exits
    self.token = token
    self.maxProbability = maxProbability
  }
}
