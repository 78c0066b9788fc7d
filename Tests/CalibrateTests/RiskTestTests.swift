import CleaveCalibrate
import CleaveModel
import CleaveStorage
import Glibc
import TestSupport
import Testing

@Suite struct RiskTestTests {
  static let procedures: [CalibrationPromise.Procedure] = [.betting, .hoeffdingBentkus, .binomial]

  /// No simulation: every sequence of coins and of losses 0, 1/2, 1 whose mean is just the risk, by its
  /// own probability. P(p <= u) must not be above u, for any u.
  @Test(arguments: procedures, [[0.2, 0, 1], [0.5, 0, 1], [0.35, 0, 0.5, 1]])
  func pValuesAreExactlyValid(procedure: CalibrationPromise.Procedure, setting: [Double]) {
    let (risk, values) = (setting[0], Array(setting.dropFirst()))
    guard procedure != .binomial || values.count == 2 else { return }
    let count = values.count == 2 ? 11 : 7
    // Of three losses: the middle one as likely as the large one.
    let last = values.count == 2 ? risk : risk / 1.5
    let weights = values.count == 2 ? [1 - last, last] : [1 - 2 * last, last, last]
    for prior in [[], Array(repeating: 0.0, count: 50), [1, 1, 0, 0, 0]] {
      let test = RiskTest(procedure: procedure, risk: risk, delta: 0.1)
      var outcomes: [(p: Double, weight: Double)] = []
      for code in 0..<Int(pow(Double(values.count), Double(count))) {
        var (rest, losses, weight) = (code, [Double](), 1.0)
        for _ in 0..<count {
          losses.append(values[rest % values.count])
          weight *= weights[rest % values.count]
          rest /= values.count
        }
        outcomes.append((test.pValue(losses, prior: prior), weight))
      }
      outcomes.sort { $0.p < $1.p }
      var chance = 0.0
      for (p, weight) in outcomes {
        chance += weight
        // A weight of the next p-value a rounding above this one belongs to both.
        guard chance <= p * (1 + 1e-9) || p >= 1 - 1e-12 else {
          Issue.record("\(procedure), \(risk), prior of \(prior.count): \(chance) at \(p)")
          return
        }
      }
    }
  }

  /// The promise is broken, or just not kept, and the test may pass it with probability delta.
  static let bad: [Population] = [
    .flips(0.05), .flips(0.052), .rare(1, 0.05, else: 0), .rare(0.5, 0.1, else: 0),
    .rare(1, 0.01, else: 0.0405), .prompts(0.05, shape: 0.5, tokens: 40),
    .prompts(0.05, shape: 4, tokens: 40), .pair(0.04, 0.06), .pair(0, 0.1), .constant(0.05),
    .constant(0.0501),
  ]

  @Test(arguments: procedures, bad)
  func whatBreaksThePromiseSeldomPasses(
    procedure: CalibrationPromise.Procedure, population: Population
  ) {
    guard procedure != .binomial || population.isBinary else { return }
    #expect(population.mean >= 0.05 - 1e-12)
    let (draws, delta) = (4000, 0.1)
    var random = SplitMix64(seed: 5)
    let test = RiskTest(procedure: procedure, risk: 0.05, delta: delta)
    // The tuning prompts were lucky ones: the worst there is to say for a prior.
    let prior = [Double](repeating: 0, count: 30)
    let passed = (0..<draws).count { _ in
      test.passes(population.draw(100, &random), prior: prior)
    }
    let sigma = (delta * (1 - delta) / Double(draws)).squareRoot()
    #expect(Double(passed) / Double(draws) <= delta + 3 * sigma)
  }

  @Test(arguments: procedures)
  func fewestPromptsIsTheFewest(procedure: CalibrationPromise.Procedure) {
    for (risk, delta, expected) in [
      (0.05, 0.1, 45), (0.1, 0.1, 22), (0.01, 0.05, 299), (0.5, 0.25, 2), (0.5, 0.2, 3),
      (0.9, 0.5, 1),
    ] {
      let test = RiskTest(procedure: procedure, risk: risk, delta: delta)
      #expect(test.fewestPrompts == expected)
      let zeros = [Double](repeating: 0, count: expected)
      for prior in [[], zeros + zeros, zeros.map { _ in 1 }] {
        #expect(test.passes(zeros, prior: prior), "\(risk), \(delta)")
        #expect(!test.passes(Array(zeros.dropLast()), prior: prior), "\(risk), \(delta)")
        // Nor with a loss that is next to nothing, where it is not a matter of rounding.
        guard procedure != .binomial, expected > 2 else { continue }
        #expect(!test.passes([1e-9] + zeros.dropLast(2), prior: prior))
      }
    }
  }

  @Test(arguments: procedures)
  func nothingPassesOnNothing(procedure: CalibrationPromise.Procedure) {
    let prior = [Double](repeating: 0, count: 10000)
    #expect(RiskTest(procedure: procedure, risk: 0.05, delta: 0.9).pValue([], prior: prior) == 1)
    #expect(UpperBound.of([], delta: 0.9, procedure: procedure, prior: prior) == 1)
  }

  /// A count rounded below what it is would make a p-value too small.
  @Test func sumsAreNotRoundedDown() {
    #expect(ExactSum([1, 1, 1e-20]).roundedUp == 3)
    #expect(ExactSum([1e-20, 1, 1]).roundedUp == 3)
    #expect(ExactSum([1, 1, 0]).roundedUp == 2)
    #expect(ExactSum([]).roundedUp == 0)
    #expect(ExactSum([0.5, 0.5, 0.25]).roundedUp == 2)
    #expect(ExactSum([Double](repeating: 0.1, count: 10)).value == 1)
    // The double 0.1 is above a tenth.
    #expect(ExactSum([Double](repeating: 0.1, count: 10)).roundedUp == 2)
  }

  @Test func binaryLossesAreKnown() {
    #expect(RiskTest.isBinary([0, 1, 1]))
    #expect(RiskTest.isBinary([]))
    #expect(!RiskTest.isBinary([0, 0.5]))
  }

  /// The wealth of so many overflows a number, its logarithm does not.
  @Test func manyPromptsAreTested() {
    var random = SplitMix64(seed: 2)
    let losses = Population.prompts(0.04, shape: 1, tokens: 20).draw(20000, &random)
    let test = RiskTest(procedure: .betting, risk: 0.05, delta: 0.1)
    #expect(test.passes(losses, prior: losses))
    #expect(!RiskTest(procedure: .betting, risk: 0.035, delta: 0.1).passes(losses, prior: losses))
  }

  @Test(arguments: procedures, [Population.flips(0.05), .flips(0.5), .flips(0.99)])
  func boundsHold(procedure: CalibrationPromise.Procedure, population: Population) {
    let (draws, delta) = (1000, 0.1)
    var random = SplitMix64(seed: 9)
    var (below, total) = (0, 0.0)
    for _ in 0..<draws {
      let bound = UpperBound.of(
        population.draw(100, &random), delta: delta, procedure: procedure,
        prior: [Double](repeating: 0, count: 30))
      below += bound < population.mean ? 1 : 0
      total += bound
    }
    let sigma = (delta * (1 - delta) / Double(draws)).squareRoot()
    #expect(Double(below) / Double(draws) <= delta + 3 * sigma)
    #expect(total / Double(draws) <= population.mean + 0.15)
  }
}
