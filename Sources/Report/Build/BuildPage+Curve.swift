extension BuildPage {
  /// An exit's scores on held-out texts in the course of training.
  package struct Curve: Sendable {
    /// One evaluation.
    package struct Point: Sendable {
      /// The number of tokens trained on until then.
      let tokens: Int
      let loss: Double
      /// The share of tokens in which the exit says what the model says.
      let agreement: Double
      /// The share that it may answer for 95 % of these to agree.
      let coverage: Double

      package init(tokens: Int, loss: Double, agreement: Double, coverage: Double) {
        (self.tokens, self.loss) = (tokens, loss)
        (self.agreement, self.coverage) = (agreement, coverage)
      }
    }

    let name: String
    /// The index of the exit, which its colour follows.
    let exit: Int
    /// Whether the cloud's states come back to the exit.
    let isFed: Bool
    let points: [Point]

    package init(name: String, exit: Int, isFed: Bool, points: [Point]) {
      (self.name, self.exit, self.isFed, self.points) = (name, exit, isFed, points)
    }
  }
}
