import CleaveModel
import CleavePlan
import CleaveRuntime
import CleaveStorage
import Testing

/// Simulated texts with a tier between, against sums by hand.
@Suite struct TierSimulationTests {
  private func isNear(_ first: Double, _ second: Double) -> Bool { abs(first - second) < 1e-9 }

  private func play(
    _ choice: PlanChoice, _ texts: [ExitTrace.Text], clients: Int = 1, messageSeconds: Double = 0
  ) throws -> SimulationOutcome {
    let scenario = try TestScenario.scenario(
      choice, texts: texts, clients: clients, messageSeconds: messageSeconds,
      middle: ScriptedCosts())
    return Simulation.run(scenario, textsEach: texts.count)
  }

  private func sizes(_ text: ExitTrace.Text) throws -> MessageSizes {
    try TestScenario.scenario(TestScenario.tiers(), texts: [text], middle: ScriptedCosts()).sizes
  }

  @Test func aSureMiddleAnswersOverItsOwnLink() throws {
    let text = TestScenario.text(sure: [0, 0], deepSure: [1, 1])
    let sizes = try sizes(text)
    let outcome = try play(TestScenario.tiers(), [text])
    // The device's blocks and exit, the request, two blocks and the exit of the tier, the answer.
    let answer = sizes.answer(returned: 0)
    let firstLink = Double(sizes.ask(drafts: 0, states: 3) + answer) * 1e-6 + 0.1
    let first: Double = 0.012 + 0.002 + firstLink + 2 * 3 * 0.001 + 0.002
    #expect(isNear(try #require(outcome.texts[0].firstToken), first))
    let secondLink = Double(sizes.ask(drafts: 0, states: 1) + answer) * 1e-6 + 0.1
    let second: Double = 0.004 + 0.002 + secondLink + 2 * 0.001 + 0.002
    #expect(isNear(outcome.texts[0].seconds, first + second))
    #expect(outcome.cloudSeconds == 0 && outcome.bytesBehind == 0)
    #expect(isNear(outcome.middleSeconds, 2 * 4 * 0.001 + 2 * 0.002))
    #expect(outcome.texts[0].fromCloud == 0)
  }

  @Test func whatNobodyIsSureOfGoesThroughBoth() throws {
    let text = TestScenario.text(sure: [0], deepSure: [0])
    let sizes = try sizes(text)
    let outcome = try play(TestScenario.tiers(), [text])
    let messages = sizes.ask(drafts: 0, states: 3) + sizes.answer(returned: 0)
    let links = 2 * Double(messages) * 1e-6 + 0.1 + 1
    let computed: Double = 0.012 + 0.002 + 2 * 3 * 0.001 + 0.002 + 4 * 3 * 0.001 + 0.005
    #expect(isNear(outcome.texts[0].seconds, links + computed))
    #expect(outcome.bytesBehind == messages)
    #expect(isNear(outcome.cloudSeconds, 4 * 3 * 0.001 + 0.005))
    #expect(outcome.texts[0].fromCloud == 1)
  }

  /// States that the tier's own answers needed go to the cloud with the next request, and messages cost time on all sides.
  @Test func statesWaitForTheNextRequest() throws {
    let text = TestScenario.text(sure: [0, 0, 0], deepSure: [1, 1, 0])
    let sizes = try sizes(text)
    let free = try play(TestScenario.tiers(), [text])
    #expect(free.bytesBehind == sizes.ask(drafts: 0, states: 5) + sizes.answer(returned: 0))
    let paid = try play(TestScenario.tiers(), [text], messageSeconds: 0.001)
    // Three requests and answers before, one of each behind.
    #expect(isNear(paid.middleSeconds, free.middleSeconds + 8 * 0.001))
    #expect(isNear(paid.cloudSeconds, free.cloudSeconds + 2 * 0.001))
  }

  /// A tier's exit may be wrong, and then changes the text; a draft that says the same stands.
  @Test func answersOfTheMiddleAreItsExits() throws {
    let unsure: [Float] = Array(repeating: 0.4, count: 8)
    let text = TestScenario.text(
      sure: unsure, right: unsure.map { _ in false }, deepSure: unsure.map { _ in 1 })
    let waiting = try play(TestScenario.tiers(), [text])
    #expect(waiting.texts[0].wrong == 8)
    let ahead = try play(TestScenario.tiers(lookAhead: 8), [text])
    #expect(ahead.texts[0].wrong == 8)
    // Both exits say the same token, so that looking ahead pays.
    #expect(ahead.texts[0].seconds < 0.7 * waiting.texts[0].seconds)
  }

  @Test(arguments: 0..<12) func textsEnd(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let texts = (0..<4).map { _ in TestScenario.text(by: &random) }
    for lookAhead in [0, 3, 8] {
      let outcome = try play(
        TestScenario.tiers(deep: seed % 2 == 0 ? 0.7 : 2, lookAhead: lookAhead), texts,
        clients: 1 + Int(seed % 5), messageSeconds: 0.0002)
      #expect(
        outcome.texts.allSatisfy { text in texts.contains { $0.truth.count == text.tokens } })
      #expect(outcome.middleSeconds <= outcome.seconds + 1e-9)
      #expect(outcome.cloudSeconds <= outcome.seconds + 1e-9)
    }
  }
}
