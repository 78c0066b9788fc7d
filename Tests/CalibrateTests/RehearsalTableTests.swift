import CleaveCalibrate
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// Calibrations drawn from tables of losses.
@Suite struct RehearsalTableTests {
  private func table(
    _ losses: [[Double]], prior: [Double] = [0], cloud: [(cloud: Int, tokens: Int)]? = nil,
    procedure: CalibrationPromise.Procedure = .binomial, risk: Double, delta: Double
  ) -> RehearsalTable {
    RehearsalTable(
      losses: losses, prior: losses.map { _ in prior },
      cloudShares: losses.map { losses in
        losses.indices.map { cloud?[$0] ?? (cloud: 1, tokens: 4) }
      }, procedure: procedure, risk: risk, delta: delta)
  }

  /// One prompt of two is calibrated on: if it lost nothing its policy passes, and fails on the other.
  @Test func splitsAreJudgedByTheOthers() {
    let draws = table([[0, 1]], risk: 0.5, delta: 0.5).splits(400, size: 1, seed: 1)
    #expect(draws.draws == 400 && draws.broken + draws.nothingPassed == 400)
    #expect((120...280).contains(draws.broken))
    let share = Double(draws.broken) / 400
    #expect(abs(draws.risk - share) < 1e-9)
    #expect(abs(draws.cloudShare - (1 - share + share / 4)) < 1e-9)
  }

  /// Judged by all: a risk that is just the promise does not break it.
  @Test func drawsAreJudgedByThePopulation() {
    let draws = table([[0, 1]], risk: 0.5, delta: 0.5).draws(400, size: 1, seed: 1)
    #expect(draws.broken == 0 && (120...280).contains(draws.nothingPassed))
    #expect(abs(draws.risk - Double(400 - draws.nothingPassed) / 800) < 1e-9)
    let above = table([[0, 1, 1]], risk: 0.5, delta: 0.5).draws(600, size: 1, seed: 1)
    #expect(above.broken + above.nothingPassed == 600 && (140...260).contains(above.broken))
  }

  /// Passed on 8 of 10 prompts, the last before the first that fails, and never one behind it.
  @Test(arguments: CalibrationPromise.Procedure.allCases)
  func theLastThatPassesIsChosen(procedure: CalibrationPromise.Procedure) {
    let (zero, one) = ([Double](repeating: 0, count: 30), [Double](repeating: 1, count: 30))
    for (losses, chosen) in [
      ([zero], 0), ([zero, zero, zero], 2), ([zero, zero, one], 1), ([zero, one, zero], 0),
      ([one, zero], nil), ([one], nil),
    ] as [([[Double]], Int?)] {
      let table = table(losses, procedure: procedure, risk: 0.2, delta: 0.1)
      #expect(table.chosen(on: Array(0..<20)) == chosen)
      let splits = table.splits(10, size: 20, seed: 3)
      #expect(splits.nothingPassed == (chosen == nil ? 10 : 0) && splits.broken == 0)
      #expect(abs(splits.cloudShare - (chosen == nil ? 1 : 0.25)) < 1e-9)
    }
  }

  /// Where every policy is above the promise, what passes breaks it, and that is seldom.
  @Test(arguments: [CalibrationPromise.Procedure.binomial, .betting, .hoeffdingBentkus])
  func whatIsAboveThePromiseIsReported(procedure: CalibrationPromise.Procedure) {
    let losses = [[Double]](
      repeating: (0..<400).map { $0 % 5 == 0 ? 1 : 0 }, count: 3)
    let table = table(losses, procedure: procedure, risk: 0.19, delta: 0.1)
    let draws = table.draws(600, size: 120, seed: 8)
    #expect(draws.broken + draws.nothingPassed == 600)
    #expect(draws.nothingPassed > 600 * 8 / 10 && draws.broken <= 60 + 3 * 8)
    // A delta of a half allows half.
    let loose = self.table(losses, procedure: procedure, risk: 0.19, delta: 0.5)
      .draws(600, size: 120, seed: 8)
    #expect(loose.broken > draws.broken && loose.broken <= 300 + 3 * 13)
  }

  /// Misleading tuning prompts count for nothing.
  @Test func thePriorIsNoEvidence() {
    let losses = [(0..<200).map { $0 % 2 == 0 ? 1.0 : 0 }]
    for procedure in [CalibrationPromise.Procedure.binomial, .betting, .hoeffdingBentkus] {
      let table = table(
        losses, prior: [Double](repeating: 0, count: 5000), procedure: procedure, risk: 0.2,
        delta: 0.1)
      #expect(table.draws(50, size: 60, seed: 2).nothingPassed == 50)
    }
  }

  /// All prompts are as likely, and a split has each of them once.
  @Test func everyPromptIsDrawn() {
    // Only prompt 3 is free of loss: it must be the one calibrated on.
    let losses = [(0..<8).map { $0 == 3 ? 0.0 : 1 }]
    let table = table(losses, risk: 0.5, delta: 0.5)
    let (splits, draws) = (table.splits(800, size: 1, seed: 4), table.draws(800, size: 1, seed: 4))
    for found in [splits, draws] { #expect((60...140).contains(800 - found.nothingPassed)) }
    // Judged by the other seven, all lost, or by all eight.
    #expect(abs(splits.risk - Double(splits.broken) / 800) < 1e-9)
    #expect(abs(draws.risk - Double(draws.broken) / 800 * 7 / 8) < 1e-9)
  }

  /// Tokens count, not prompts.
  @Test func cloudSharesAreOfTokens() {
    let table = table(
      [[0, 0]], cloud: [(cloud: 1, tokens: 10), (cloud: 9, tokens: 10)], risk: 0.5, delta: 0.5)
    #expect(abs(table.draws(20, size: 2, seed: 1).cloudShare - 0.5) < 1e-9)
    let uneven = self.table(
      [[0, 0]], cloud: [(cloud: 0, tokens: 30), (cloud: 10, tokens: 10)], risk: 0.5, delta: 0.5)
    #expect(abs(uneven.draws(20, size: 2, seed: 1).cloudShare - 0.25) < 1e-9)
  }

  @Test func theSameSeedDrawsTheSame() {
    var random = SplitMix64(seed: 6)
    let losses = [0.05, 0.1, 0.2].map { mean in
      (0..<100).map { _ in Double.random(in: 0..<1, using: &random) < mean ? 1.0 : 0 }
    }
    let table = table(losses, risk: 0.15, delta: 0.2)
    #expect(table.splits(50, size: 50, seed: 1) == table.splits(50, size: 50, seed: 1))
    #expect(table.draws(50, size: 50, seed: 1) == table.draws(50, size: 50, seed: 1))
    #expect(table.splits(50, size: 50, seed: 1) != table.splits(50, size: 50, seed: 2))
    #expect(table.draws(50, size: 50, seed: 1) != table.draws(50, size: 50, seed: 2))
  }
}
