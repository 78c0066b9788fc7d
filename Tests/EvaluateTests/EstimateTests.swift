import Testing

import CleaveEvaluate

@Suite struct EstimateTests {
  @Test func theStandardErrorIsThatOfTheWindowsMean() throws {
    // The sample variance of 1, 2, 6 is 7, and that of their mean 7 / 3.
    let estimate = Estimate(overWindows: [1, 2, 6])
    #expect(estimate.value == 3)
    #expect(abs(try #require(estimate.standardError) - (7.0 / 3).squareRoot()) < 1e-15)
  }

  @Test func oneWindowSaysNothingOfItsError() {
    #expect(Estimate(overWindows: [5]) == Estimate(value: 5, standardError: nil))
  }

  @Test func quantilesLieBetweenNeighbours() {
    #expect(quantile(0.5, ofSorted: [1, 2, 4]) == 2)
    #expect(quantile(0.5, ofSorted: [1, 2, 4, 8]) == 3)
    #expect(abs(quantile(0.99, ofSorted: [0, 100]) - 99) < 1e-12)
    #expect(quantile(0.99, ofSorted: [7]) == 7)
    #expect(quantile(1, ofSorted: [1, 3]) == 3)
  }
}
