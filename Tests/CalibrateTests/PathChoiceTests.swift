import CleaveCalibrate
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

@Suite struct PathChoiceTests {
  @Test func theLastBeforeTheFirstFailureIsTaken() {
    for count in 0...6 {
      for fails in 0...count {
        // What is behind the failure would pass again: it may not be asked.
        var asked: [Int] = []
        let found = FixedSequence.lastPassed(count: count) {
          asked.append($0)
          return $0 != fails
        }
        #expect(found.last == (fails == 0 ? nil : fails - 1))
        #expect(found.tested == min(fails + 1, count))
        #expect(asked == Array(0..<found.tested))
      }
    }
  }

  @Test func conformalControlTakesTheLastPolicy() {
    // (sum + 1) / 10 of nine prompts, against 0.3: two losses of 1 are just borne.
    func policy(_ hits: Int...) -> [Double] { (0..<9).map { hits.contains($0) ? 1 : 0 } }
    func choose(_ losses: [[Double]]) -> Int? { ConformalControl.choose(risk: 0.3, losses: losses) }
    #expect(choose([policy(), policy(1), policy(1, 2), policy(1, 2, 3)]) == 2)
    #expect(choose([policy(1, 2, 3), policy()]) == nil)
    #expect(choose([policy(), policy(1, 2)]) == 1)
    // Each has two losses, but together there are three: not by themselves, along the path.
    #expect(choose([policy(1, 2), policy(2, 3)]) == 0)
    #expect(choose([policy(0), policy(), policy(0)]) == 2)
    #expect(choose([]) == nil)
    #expect(choose([[0]]) == nil)
  }

  @Test func conformalControlHasAFewestNumberOfPrompts() {
    for (risk, expected) in [(0.05, 19), (0.1, 9), (0.3, 3), (0.01, 99), (0.29, 3), (1, 0)] {
      #expect(ConformalControl.fewestPrompts(risk: risk) == expected)
      let zeros = [Double](repeating: 0, count: expected)
      #expect(ConformalControl.choose(risk: risk, losses: [zeros]) == 0)
      guard expected > 0 else { continue }
      #expect(ConformalControl.choose(risk: risk, losses: [Array(zeros.dropLast())]) == nil)
    }
  }

  /// Policies of a path: of each prompt's own difficulty u, those bolder than it err, by that much.
  private static let policies = (0...60).map { Double($0) / 300 }

  private func losses(_ boldness: Double, _ prompts: [[Double]]) -> [Double] {
    prompts.map { tokens in
      Double(tokens.count { $0 < boldness }) / Double(tokens.count)
    }
  }

  private func prompts(_ count: Int, tokens: Int, _ random: inout SplitMix64) -> [[Double]] {
    (0..<count).map { _ in
      (0..<tokens).map { _ in Double.random(in: 0..<1, using: &random) }
    }
  }

  /// The true risk of a policy is its boldness, whatever the number of tokens.
  @Test(
    arguments: [
      (CalibrationPromise.Procedure.betting, 20), (.betting, 1), (.hoeffdingBentkus, 20),
      (.hoeffdingBentkus, 1), (.binomial, 1),
    ])
  func pathsAreFollowedFarAndNotTooFar(procedure: CalibrationPromise.Procedure, tokens: Int) {
    let (risk, delta, draws) = (0.1, 0.1, 400)
    let test = RiskTest(procedure: procedure, risk: risk, delta: delta)
    var random = SplitMix64(seed: 3)
    var (broken, total) = (0, 0.0)
    for _ in 0..<draws {
      let (tuning, sample) = (
        prompts(60, tokens: tokens, &random), prompts(400, tokens: tokens, &random)
      )
      let found = FixedSequence.lastPassed(count: Self.policies.count) {
        test.passes(
          losses(Self.policies[$0], sample), prior: losses(Self.policies[$0], tuning))
      }
      let realised = found.last.map { Self.policies[$0] } ?? 0
      broken += realised > risk + 1e-9 ? 1 : 0
      total += realised
    }
    let sigma = (delta * (1 - delta) / Double(draws)).squareRoot()
    #expect(Double(broken) / Double(draws) <= delta + 3 * sigma)
    let share = total / Double(draws) / risk
    #expect(share >= 0.7, "\(procedure) of \(tokens) tokens: \(share)")
  }

  @Test(arguments: [1, 20]) func conformalControlHoldsInExpectation(tokens: Int) {
    let (risk, draws) = (0.1, 4000)
    var random = SplitMix64(seed: 4)
    var (total, squares) = (0.0, 0.0)
    for _ in 0..<draws {
      let sample = prompts(30, tokens: tokens, &random)
      let chosen = ConformalControl.choose(
        risk: risk, losses: Self.policies.map { losses($0, sample) })
      let realised = chosen.map { Self.policies[$0] } ?? 0
      total += realised
      squares += realised * realised
    }
    let mean = total / Double(draws)
    let error = ((squares / Double(draws) - mean * mean) / Double(draws)).squareRoot()
    #expect(mean <= risk + 3 * error)
    #expect(mean >= 0.7 * risk)
  }
}
