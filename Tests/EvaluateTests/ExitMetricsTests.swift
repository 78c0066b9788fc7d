import CleaveEvaluate
import Testing

/// Figures worked out by hand.
@Suite struct ExitMetricsTests {
  private func scores(_ answers: [(Float, Bool)]) -> [ExitScore] {
    answers.map { ExitScore(isRight: $0.1, confidence: $0.0) }
  }

  /// By falling confidence: right, right, wrong, right, wrong. Of the first four, three are right.
  private let five: [(Float, Bool)] = [
    (0.5, false), (0.9, true), (0.7, false), (0.8, true), (0.6, true),
  ]

  @Test(
    arguments: [
      (1.0, 0.4, 0.8), (0.9, 0.4, 0.8), (0.75, 0.8, 0.6), (0.7, 0.8, 0.6), (0.6, 1.0, 0.5),
      (0.0, 1.0, 0.5),
    ] as [(Double, Double, Float)])
  func coverageIsTheLargestShare(target: Double, share: Double, threshold: Float) throws {
    let coverage = Coverage(target: target, of: [scores(five)])
    #expect(coverage.share.value == share)
    #expect(coverage.threshold == Double(threshold))
    #expect(try #require(coverage.agreement).value >= target)
  }

  /// Nothing tells tokens of one confidence apart: with the wrong one, the three are too bad.
  @Test func equalsAreInOrOutTogether() {
    let tied = scores([(0.9, true), (0.8, true), (0.8, false), (0.8, true), (0.1, false)])
    let strict = Coverage(target: 0.9, of: [tied])
    #expect(strict.share.value == 0.2 && strict.threshold == Double(Float(0.9)))
    let lax = Coverage(target: 0.75, of: [tied])
    #expect(lax.share.value == 0.8 && lax.threshold == Double(Float(0.8)))
    // The order they come in is nothing either.
    #expect(Coverage(target: 0.9, of: [tied.reversed()]) == strict)
  }

  @Test func anExitThatIsNeverRightNeverAnswers() {
    let coverage = Coverage(target: 0.9, of: [scores([(0.9, false)]), scores([(0.3, false)])])
    #expect(coverage.threshold == nil && coverage.share.value == 0 && coverage.agreement == nil)
  }

  /// A surer wrong token spoils a small share, and not a larger one.
  @Test func theSurestMayBeWrong() {
    let many = [(Float(0.99), false)] + (0..<19).map { (0.9 - Float($0) / 100, true) }
    let coverage = Coverage(target: 0.95, of: [scores(many)])
    #expect(coverage.share.value == 1 && coverage.agreement?.value == 0.95)
  }

  @Test func calibrationError() {
    // Bins of 1/15: 0.95 and 0.97 in the last (one right of two), 0.5 in the eighth, 0 in the first.
    let answers: [(Float, Bool)] = [(0.95, true), (0.97, false), (0.5, true), (0, false)]
    let expected = (abs(1 - (0.95 + 0.97)) + abs(1 - 0.5) + 0) / 4
    #expect(abs(CalibrationError.expected(answers) - expected) < 1e-7)
    #expect(CalibrationError.expected([(1, true), (1, true)]) == 0)
    #expect(CalibrationError.expected([(1, false)]) == 1)
    // Over- and underconfidence in one bin make up for each other, in two they do not.
    #expect(abs(CalibrationError.expected([(0.5, true), (0.5, false)])) < 1e-7)
    #expect(abs(CalibrationError.expected([(0.4, true), (0.6, false)]) - 0.6) < 1e-7)
  }

  /// Two prompts, exits at 0.8 and 0.5: the first takes what it is sure of, the second of the rest.
  @Test func theFirstSureExitAnswers() throws {
    let prompts = [
      PromptScores(exits: [
        scores([(0.9, true), (0.7, true), (0.1, false)]),
        scores([(0.9, false), (0.6, true), (0.2, false)]),
      ]),
      PromptScores(exits: [scores([(0.8, false)]), scores([(1, true)])]),
    ]
    let eighty = Double(Float(0.8))
    let cascade = Cascade(thresholds: [eighty, 0.5], of: prompts)
    #expect(cascade.exits.map(\.share.value) == [0.5, 0.25])
    #expect(cascade.exits.map { $0.agreement?.value } == [0.5, 1])
    #expect(cascade.all.share.value == 0.75)
    #expect(cascade.all.agreement?.value == 2.0 / 3)
    let second = Cascade(thresholds: [nil, 0.5], of: prompts)
    #expect(second.exits.map(\.share.value) == [0, 0.75])
    #expect(second.exits[0].agreement == nil)
    #expect(second.all.agreement?.value == 2.0 / 3)
    let none = Cascade(thresholds: [nil, 2], of: prompts)
    #expect(none.all.share.value == 0 && none.all.agreement == nil)
  }

  @Test func statisticsOfAnExit() {
    let exit = ExitStatistics(
      depth: 3,
      of: [
        [ExitScore(isRight: true, confidence: 0.9, plainMaxProbability: 0.5)],
        [ExitScore(isRight: false, confidence: 0.1, plainMaxProbability: 0.5)],
      ])
    #expect(exit.tokens == 2 && exit.agreement.value == 0.5)
    #expect(abs(exit.calibrationError - 0.1) < 1e-6)
    #expect(exit.plainCalibrationError == 0)
    #expect(exit.coverages.map(\.target) == [0.9, 0.95, 0.98])
    #expect(exit.coverages.allSatisfy { $0.share.value == 0.5 })
  }

  /// 1 of 1 and 1 of 3: the ratio is 1/2, residuals 1/2 and -1/2, so the error is
  /// sqrt(2 (1/4 + 1/4)) / 4.
  @Test func clustersOfUnlikeSizes() {
    let estimate = Estimate(overClusters: [(1, 1), (1, 3)])
    #expect(estimate.value == 0.5 && estimate.standardError == 0.25)
    // Of one size it is the standard error of the means.
    let equal = Estimate(overClusters: [(1, 4), (3, 4), (2, 4)])
    let means = Estimate(overWindows: [0.25, 0.75, 0.5])
    #expect(equal.value == means.value)
    #expect(abs(equal.standardError! - means.standardError!) < 1e-12)
    #expect(Estimate(overClusters: [(1, 2)]).standardError == nil)
    // Prompts without any token to count are none.
    #expect(Estimate(overClusters: [(1, 2), (0, 0)]).standardError == nil)
    #expect(Estimate(overClusters: [(0, 0)]) == Estimate(value: 0, standardError: nil))
  }
}
