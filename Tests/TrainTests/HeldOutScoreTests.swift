import CleaveKernels
import CleaveTrain
import Testing

/// What is said of an exit on held-out texts, on cases made by hand.
@Suite struct HeldOutScoreTests {
  private func score(_ rows: [(confidence: Float, agrees: UInt32)]) -> HeldOutScore {
    HeldOutScore(
      rows.map {
        ck_distilled(loss: 0, answer: 0, confidence: $0.confidence, weight: 1, agrees: $0.agrees)
      })
  }

  @Test func meansAreOfAllTokens() {
    let rows = [(1, 1), (3, 0), (0.5, 1), (1.5, 1)] as [(Float, UInt32)]
    let score = HeldOutScore(
      rows.map { ck_distilled(loss: $0, answer: 0, confidence: 0.5, weight: 0, agrees: $1) })
    #expect(score.tokens == 4 && score.loss == 1.5 && score.agreement == 0.75)
  }

  @Test func coverageIsTheLargestShareOfWhichEnoughAgree() {
    let falling = (0..<20).map { 0.99 - Float($0) / 100 }
    // The last alone disagrees: exactly 95 %.
    var rows = falling.enumerated().map { ($1, UInt32($0 == 19 ? 0 : 1)) }
    #expect(score(rows).coverage95 == 1 && score(rows.reversed()).coverage95 == 1)
    // One more, and only what is surer than both remains for 95 %.
    rows[18].1 = 0
    #expect(score(rows).coverage95 == 0.9 && score(rows).coverage90 == 1)
    // The surest disagrees: no share is good enough until nine others outweigh it.
    let first = falling[..<10].enumerated().map { ($1, UInt32($0 == 0 ? 0 : 1)) }
    #expect(score(first).coverage95 == 0 && score(first).coverage90 == 1)
    #expect(score(rows.map { ($0.0, 0) }).coverage90 == 0)
  }

  /// No threshold parts tokens of one confidence, in whatever order they come.
  @Test func equalConfidencesAreInOrOutTogether() {
    let tied = [(0.9, 1), (0.8, 1), (0.8, 0), (0.7, 1)] as [(Float, UInt32)]
    for rows in [tied, [tied[0], tied[2], tied[1], tied[3]], tied.reversed()] {
      #expect(score(rows).coverage95 == 0.25)
    }
    #expect(score([(0.5, 1), (0.5, 1), (0.5, 0)]).coverage90 == 0)
    #expect(score([(0.5, 1), (0.5, 1)]).coverage90 == 1)
  }

  @Test func ofNothingThereIsNothing() {
    let score = score([])
    #expect(score.tokens == 0 && score.loss == 0 && score.coverage95 == 0)
  }
}
