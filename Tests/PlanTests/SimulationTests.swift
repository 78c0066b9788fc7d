import CleaveEvaluate
import CleaveModel
import CleavePlan
import CleaveRuntime
import CleaveStorage
import Testing

/// Simulated texts against sums by hand.
@Suite struct SimulationTests {
  private func isNear(_ first: Double, _ second: Double) -> Bool { abs(first - second) < 1e-9 }

  private func play(
    _ choice: PlanChoice, _ texts: [ExitTrace.Text], clients: Int = 1,
    edge: ScriptedCosts = ScriptedCosts(), cloud: ScriptedCosts = ScriptedCosts(),
    messageSeconds: Double = 0, requestSeconds: Double = 0, feedback: Bool = false
  ) throws -> SimulationOutcome {
    let scenario = try TestScenario.scenario(
      choice, texts: texts, clients: clients, edge: edge, cloud: cloud,
      messageSeconds: messageSeconds, requestSeconds: requestSeconds, feedback: feedback)
    return Simulation.run(scenario, textsEach: clients == 1 ? texts.count : 2)
  }

  @Test func anExitThatIsSureNeverWaits() throws {
    let text = TestScenario.text(sure: [1, 1, 1, 1])
    for choice in [
      TestScenario.collaborative(),
      PlanChoice(mode: .standalone, exits: 1, thresholds: [2]),
    ] {
      let outcome = try play(choice, [text])
      // 3 positions of 4 blocks, then 3 times one; an exit for each of 4 tokens.
      let sum: Double = 0.012 + 3 * 0.004 + 4 * 0.002
      #expect(isNear(outcome.texts[0].seconds, sum))
      #expect(isNear(try #require(outcome.texts[0].firstToken), 0.014))
      #expect(outcome.cloudSeconds == 0)
      #expect(outcome.texts[0].fromCloud == 0)
    }
  }

  @Test func anAnswerTakesUploadRoundTripAndPass() throws {
    let text = TestScenario.text(sure: [0, 0])
    let choice = TestScenario.collaborative(threshold: nil)
    let scenario = try TestScenario.scenario(choice, texts: [text])
    let sizes = scenario.sizes
    let outcome = try play(choice, [text])
    // A microsecond a byte; 3 states wait for the request, which carries them.
    #expect(sizes.mostHeld == 3)
    let answer = sizes.answer(returned: 0)
    let firstLink = Double(sizes.ask(drafts: 0, states: 3) + answer) * 1e-6 + 0.1
    let first: Double = 0.012 + firstLink + 6 * 3 * 0.001 + 0.005
    #expect(isNear(try #require(outcome.texts[0].firstToken), first))
    let secondLink = Double(sizes.ask(drafts: 0, states: 1) + answer) * 1e-6 + 0.1
    let second: Double = 0.004 + secondLink + 6 * 0.001 + 0.005
    #expect(isNear(outcome.texts[0].seconds, first + second))
    let server: Double = 6 * 4 * 0.001 + 2 * 0.005
    #expect(isNear(outcome.cloudSeconds, server))
    #expect(outcome.texts[0].fromCloud == 2)
  }

  @Test func messagesTakeTimeOnBothSides() throws {
    let text = TestScenario.text(sure: [0, 0])
    let choice = TestScenario.collaborative(threshold: nil)
    let free = try play(choice, [text])
    let paid = try play(choice, [text], messageSeconds: 0.001)
    // A request in, an answer out, twice.
    #expect(isNear(paid.cloudSeconds, free.cloudSeconds + 4 * 0.001))
    #expect(paid.texts[0].seconds > free.texts[0].seconds + 2 * 0.002)
  }

  @Test func aRequestTakesWhatItTakesBesides() throws {
    let text = TestScenario.text(sure: [0, 0])
    for (choice, requests) in [
      (TestScenario.collaborative(threshold: nil), 2.0),
      // The whole text is one request.
      (PlanChoice(mode: .cloudOnly, upload: .tokens), 1.0),
    ] {
      let free = try play(choice, [text])
      let paid = try play(choice, [text], requestSeconds: 0.004)
      #expect(isNear(paid.texts[0].seconds, free.texts[0].seconds + requests * 0.004))
      #expect(isNear(paid.cloudSeconds, free.cloudSeconds))
    }
  }

  @Test func bytesAreThoseOfTheProtocol() throws {
    let text = TestScenario.text(prompt: 9, sure: [1, 0, 1, 1, 1, 1, 0, 1, 1, 0, 0, 1])
    for upload in [StatesEncoding.float32, .int8] {
      let outcome = try play(TestScenario.collaborative(upload: upload), [text])
      let counted = ExitTraffic(
        of: [PromptScores(text)], thresholds: [0.5, nil], hiddenSize: 32, vocabularySize: 1000,
        encoding: upload)
      // But for the digits of lengths, which are counted as those of one position.
      let up = Double(outcome.texts[0].bytesUp) / 12
      #expect(abs(up / counted.bytesUpPerToken - 1) < 0.005)
      #expect(isNear(Double(outcome.texts[0].bytesDown) / 12, counted.bytesDownPerToken))
    }
  }

  @Test func aDeeperExitCatchesUp() throws {
    let text = TestScenario.text(sure: [1, 0], deepSure: [1, 1])
    let choice = PlanChoice(mode: .collaborative, exits: 2, thresholds: [0.5, 0.5])
    let outcome = try play(choice, [text])
    // The second token: 4 blocks, exit 1, 2 blocks for 4 positions, exit 2.
    let second: Double = 0.004 + 0.002 + 0.008 + 0.002
    #expect(isNear(outcome.texts[0].seconds, 0.014 + second))
    #expect(outcome.cloudSeconds == 0)
  }

  @Test func lookAheadHidesRoundTripsAndChangesNoToken() throws {
    let unsure: [Float] = Array(repeating: 0.4, count: 12)
    for right in [true, false] {
      let text = TestScenario.text(sure: unsure, right: unsure.map { _ in right })
      let waiting = try play(TestScenario.collaborative(), [text])
      let ahead = try play(TestScenario.collaborative(lookAhead: 8), [text])
      #expect(ahead.texts[0].tokens == 12)
      #expect(ahead.texts[0].fromCloud == 12)
      #expect(ahead.texts[0].wrong == 0)
      if right {
        #expect(ahead.texts[0].seconds < waiting.texts[0].seconds * 0.7)
      } else {
        // It learns that its drafts are wrong: at most the first few cost something.
        #expect(ahead.texts[0].seconds < waiting.texts[0].seconds * 1.1)
      }
    }
  }

  @Test func losslessTextsAreTheModels() throws {
    let sure: [Float] = Array(repeating: 0.9, count: 12)
    let choice = PlanChoice(
      mode: .lossless, exits: 1, thresholds: [0.5], longestDraft: 4)
    let right = try play(choice, [TestScenario.text(sure: sure)])
    let wrong = try play(choice, [TestScenario.text(sure: sure, right: sure.map { _ in false })])
    #expect(right.texts[0].wrong == 0)
    #expect(wrong.texts[0].wrong == 0)
    #expect(right.texts[0].tokens == 12)
    #expect(wrong.texts[0].tokens == 12)
    #expect(wrong.texts[0].fromCloud == 12)
    // Four drafts and the token behind them for each round trip; two drafts at the end.
    #expect(right.texts[0].fromCloud == 2)
    #expect(right.texts[0].seconds < wrong.texts[0].seconds / 3)
  }

  @Test func wrongAnswersAreCounted() throws {
    let text = TestScenario.text(sure: [1, 1, 0, 1], right: [true, false, false, false])
    let outcome = try play(TestScenario.collaborative(), [text])
    #expect(outcome.texts[0].wrong == 2)
  }

  @Test func clientsSharePasses() throws {
    let text = TestScenario.text(sure: Array(repeating: 0, count: 6))
    let cloud = ScriptedCosts(fixed: 0.05)
    let choice = TestScenario.collaborative(threshold: nil)
    let alone = try play(choice, [text], cloud: cloud)
    let many = try play(choice, [text], clients: 8, cloud: cloud)
    #expect(many.texts.count == 16)
    #expect(
      many.cloudSeconds / Double(many.tokens) < 0.6 * alone.cloudSeconds / Double(alone.tokens))
    // A server is never busy for longer than the run.
    #expect(many.cloudSeconds <= many.seconds + 1e-9)
  }

  @Test func theWholeModelPaysOneRoundTrip() throws {
    let text = TestScenario.text(sure: [0, 0, 0, 0])
    let choice = PlanChoice(mode: .cloudOnly, upload: .tokens)
    let outcome = try play(choice, [text])
    let sizes = try TestScenario.scenario(choice, texts: [text]).sizes
    let bytes = Double(3 * 4 + sizes.answer(returned: 0)) * 1e-6
    let sum: Double = 0.1 + 10 * 6 * 0.001 + 4 * 0.005 + bytes
    #expect(isNear(outcome.texts[0].seconds, sum))
    #expect(outcome.texts[0].deviceSeconds == 0)
  }

  @Test func equalInputsGiveEqualResults() throws {
    let texts = (0..<5).map { index in
      TestScenario.text(
        prompt: 3 + index, sure: (0..<9).map { Float(($0 * 7 + index) % 10) / 10 },
        right: (0..<9).map { ($0 + index) % 3 != 0 })
    }
    let first = try play(TestScenario.collaborative(lookAhead: 8), texts, clients: 7)
    let second = try play(TestScenario.collaborative(lookAhead: 8), texts, clients: 7)
    #expect(first.texts == second.texts)
    #expect(first.cloudSeconds == second.cloudSeconds)
  }

  /// Whatever exits say, with whatever settings, every text comes to its end with as many tokens.
  @Test(arguments: 0..<24) func textsEnd(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let texts = (0..<4).map { _ in TestScenario.text(by: &random) }
    for mode in PlanChoice.Mode.allCases {
      for lookAhead in [0, 3, 8] {
        let choice = PlanChoice(
          mode: mode, exits: 2, thresholds: [0.5, seed % 2 == 0 ? 0.7 : nil],
          longestDraft: mode == .lossless ? 1 + Int(seed % 8) : 0, lookAhead: lookAhead)
        let outcome = try play(
          choice, texts, clients: 1 + Int(seed % 5), messageSeconds: 0.0002,
          feedback: seed % 3 == 0)
        #expect(
          outcome.texts.allSatisfy { text in texts.contains { $0.truth.count == text.tokens } })
        #expect(
          mode == .collaborative || mode == .standalone
            || outcome.texts.allSatisfy { $0.wrong == 0 })
        #expect(outcome.cloudSeconds <= outcome.seconds + 1e-9 || mode == .standalone)
      }
    }
  }
}
