import CleaveCalibrate
import CleaveModel
import Testing

@Suite struct RehearsalVerdictTests {
  private func report(
    broken: Int, splitsBroken: Int = 0, risk: Double = 0.04, delta: Double? = 0.05
  ) -> Rehearsal.Report {
    var (draws, splits) = (Rehearsal.Draws(), Rehearsal.Draws())
    (draws.draws, draws.broken, draws.risk) = (200, broken, risk)
    (splits.draws, splits.broken, splits.risk) = (200, splitsBroken, risk)
    let procedure: CalibrationPromise.Procedure = delta == nil ? .conformal : .betting
    return Rehearsal.Report(
      promise: .init(risk: 0.05, delta: delta, procedure: procedure, passed: true),
      loss: "disagreement", calibrationPrompts: 100, populationPrompts: 200, splits: splits,
      draws: draws, candidates: [])
  }

  /// 10 of 200 are allowed, and 9.6 more for chance.
  @Test func aPromiseIsKeptButForChance() {
    #expect(report(broken: 10).isKept)
    #expect(report(broken: 19).isKept)
    #expect(!report(broken: 20).isKept)
  }

  /// The other half of the prompts has a noise of its own, against that of the calibration: 5 % of splits
  /// become the tail beyond 1.645 sqrt(1/2), 12.2 %; 24.5 of 200, and 14.4 more for chance.
  @Test func splitsMayBeAboveByTheirOwnNoiseToo() throws {
    let share = try #require(report(broken: 0).splitsShare)
    #expect(abs(share - 0.1224) < 1e-3)
    #expect(report(broken: 0, splitsBroken: 38).isKept)
    #expect(!report(broken: 0, splitsBroken: 39).isKept)
    #expect(report(broken: 0, delta: nil).splitsShare == nil)
  }

  @Test func anExpectationIsKeptInTheMean() {
    #expect(report(broken: 150, risk: 0.05, delta: nil).isKept)
    #expect(!report(broken: 0, risk: 0.062, delta: nil).isKept)
  }

  @Test func aPromiseThatIsHardlyUsedIsLoose() {
    #expect(report(broken: 0, risk: 0.036).isTight)
    #expect(!report(broken: 0, risk: 0.034).isTight)
  }

  /// Where there is nothing to test, nothing passes; the prompts are there all the same.
  @Test func withoutCandidatesNothingPasses() {
    let table = RehearsalTable(
      losses: [], prior: [], cloudShares: [], prompts: 40, procedure: .betting, risk: 0.1,
      delta: 0.1)
    for draws in [table.splits(20, size: 20, seed: 1), table.draws(20, size: 20, seed: 1)] {
      #expect(draws.nothingPassed == 20 && draws.broken == 0 && draws.cloudShare > 0.999)
    }
  }
}
