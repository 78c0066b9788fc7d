import CleaveModel
import CleaveStorage

/// The losses of every candidate on every prompt. Calibrations are rehearsed from it without running a model.
package struct RehearsalTable {
  /// `[candidate][prompt]`.
  let losses: [[Double]]
  /// The losses on the tuning prompts, `[candidate][prompt]`.
  let prior: [[Double]]
  let cloudShares: [[(cloud: Int, tokens: Int)]]
  let procedure: CalibrationPromise.Procedure
  let risk: Double
  let delta: Double

  package init(
    losses: [[Double]], prior: [[Double]], cloudShares: [[(cloud: Int, tokens: Int)]],
    prompts: Int? = nil, procedure: CalibrationPromise.Procedure, risk: Double, delta: Double
  ) {
    self.prompts = prompts ?? losses.first?.count ?? 0
    self.losses = losses
    self.prior = prior
    self.cloudShares = cloudShares
    self.procedure = procedure
    self.risk = risk
    self.delta = delta
  }

  /// The number of prompts of the population, even where there are no candidates.
  private let prompts: Int

  /// The candidate that a calibration on these prompts, in this order, chooses; nil for none.
  package func chosen(on sample: [Int]) -> Int? {
    guard procedure != .conformal else {
      return ConformalControl.choose(
        risk: risk, losses: losses.map { losses in sample.map { losses[$0] } })
    }
    let test = RiskTest(procedure: procedure, risk: risk, delta: delta)
    return FixedSequence.lastPassed(count: losses.count) { candidate in
      test.passes(sample.map { losses[candidate][$0] }, prior: prior[candidate])
    }.last
  }

  /// Calibrates on random splits of the prompts, and measures the risk on the rest.
  package func splits(_ count: Int, size: Int, seed: UInt64) -> Rehearsal.Draws {
    var random = SplitMix64(seed: seed)
    return sum(count) {
      var order = Array(0..<prompts)
      for index in 0..<size { order.swapAt(index, index + random.below(prompts - index)) }
      return (Array(order[..<size]), Array(order[size...]))
    }
  }

  /// Calibrates on prompts drawn with replacement, and measures the risk on all prompts.
  package func draws(_ count: Int, size: Int, seed: UInt64) -> Rehearsal.Draws {
    var random = SplitMix64(seed: seed &+ 1)
    return sum(count) {
      ((0..<size).map { _ in random.below(prompts) }, Array(0..<prompts))
    }
  }

  private func sum(
    _ count: Int, _ draw: () -> (calibration: [Int], judged: [Int])
  ) -> Rehearsal.Draws {
    var result = Rehearsal.Draws()
    for _ in 0..<count {
      let (calibration, judged) = draw()
      result.draws += 1
      guard let chosen = chosen(on: calibration) else {
        // With all exits off there is no loss, and the cloud answers every token.
        result.nothingPassed += 1
        result.cloudShare += 1 / Double(count)
        continue
      }
      let risk = judged.reduce(0) { $0 + losses[chosen][$1] } / Double(judged.count)
      let cloud = judged.reduce(0) { $0 + cloudShares[chosen][$1].cloud }
      let tokens = judged.reduce(0) { $0 + cloudShares[chosen][$1].tokens }
      if risk > self.risk { result.broken += 1 }
      result.risk += risk / Double(count)
      result.cloudShare += Double(cloud) / Double(max(1, tokens)) / Double(count)
    }
    return result
  }
}
