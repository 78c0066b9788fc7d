import CleaveRuntime
import TestSupport
import Testing

/// Questions with drafts, questions behind one another, and what is taken back.
@Suite struct CloudAskTests {
  private static let samplings = [
    Sampling.greedy, Sampling(temperature: 0.9, topK: 40, topP: 0.95, seed: 11),
  ]

  private func open(_ fixture: CloudFixture) async throws -> CloudStream {
    let stream = await CloudStream(fixture.manager())
    await stream.send(fixture.opening)
    guard case .opened = try await stream.reply() else { throw LinkClosed("not opened") }
    return stream
  }

  @Test(arguments: samplings) func draftsThatAreRightAreNotAnswered(
    _ sampling: Sampling
  ) async throws {
    let fixture = try CloudFixture()
    let prompt = fixture.prompt(1)
    let text = try await fixture.tokens(after: prompt, 6, sampling: sampling)
    let stream = try await open(fixture)
    let drafts = Array(text.prefix(4))
    await stream.send(try fixture.states(prompt + drafts), .ask(9, sampling, drafts: drafts))
    #expect(try await stream.answer().said == [9, text[4]])
  }

  /// The answer is the whole model's token at the first wrong draft, and the rest is the edge's to take back.
  @Test(arguments: samplings, [0, 1, 3]) func theFirstWrongDraftIsAnswered(
    _ sampling: Sampling, wrong: Int
  ) async throws {
    let fixture = try CloudFixture()
    let prompt = fixture.prompt(2)
    let text = try await fixture.tokens(after: prompt, 6, sampling: sampling)
    var drafts = Array(text.prefix(4))
    drafts[wrong] = (drafts[wrong] + 1) % 300
    let stream = try await open(fixture)
    await stream.send(try fixture.states(prompt + drafts), .ask(9, sampling, drafts: drafts))
    let location = prompt.count + wrong
    #expect(try await stream.answer().said == [location, text[wrong]])
    let right = prompt + text.prefix(wrong + 1)
    await stream.send(
      .rewind(positions: UInt32(location)), try fixture.states(right, from: location),
      .ask(location + 1, sampling))
    #expect(try await stream.answer().said == [location + 1, text[wrong + 1]])
  }

  @Test func questionsAreAnsweredInTheirOrder() async throws {
    let fixture = try CloudFixture()
    let prompt = fixture.prompt(3)
    let text = try await fixture.tokens(after: prompt, 4)
    let stream = try await open(fixture)
    await stream.send(
      try fixture.states(prompt), .ask(5), try fixture.states(prompt + text[..<1], from: 5),
      .ask(6), try fixture.states(prompt + text[..<2], from: 6), .ask(7),
      // A guess that is taken back, and the text goes on.
      try fixture.states(prompt + text[..<2] + [7, 8], from: 7), .ask(9), .rewind(positions: 7),
      try fixture.states(prompt + text[..<3], from: 7), .ask(8))
    #expect(try await stream.answer().said == [5, text[0]])
    #expect(try await stream.answer().said == [6, text[1]])
    #expect(try await stream.answer().said == [7, text[2]])
    #expect(try await stream.answer().said?[0] == 9)
    #expect(try await stream.answer().said == [8, text[3]])
  }

  /// What came out of the blocks is kept for one question: one about earlier places wants the states again.
  @Test func aQuestionFarBackWantsTheStatesAgain() async throws {
    let fixture = try CloudFixture()
    let prompt = fixture.prompt(4)
    let text = try await fixture.tokens(after: prompt, 3)
    let stream = try await open(fixture)
    let (states, drafts) = (try fixture.states(prompt + text[..<2]), Array(text[..<2]))
    await stream.send(states, .ask(7))
    #expect(try await stream.answer().said == [7, text[2]])
    await stream.send(.ask(7, drafts: drafts))
    #expect(try await stream.answer() == .lacking(positions: 0))
    // What does not begin at 0 was sent before the edge knew.
    await stream.send(.ask(7), .rewind(positions: 6), states, .ask(7, drafts: drafts))
    #expect(try await stream.answer().said == [7, text[2]])
  }

  @Test func whatCannotBeTakenBackIsRefused() async throws {
    let fixture = try CloudFixture()
    for (message, code) in [
      (Message.rewind(positions: 0), Message.Refusal.Code.malformed),
      (.rewind(positions: 6), .positionMismatch),
      (.ask(5, drafts: Array(repeating: 1, count: 5)), .malformed),
      (.ask(5, Sampling(temperature: -1)), .malformed),
    ] {
      let stream = try await open(fixture)
      await stream.send(try fixture.states(fixture.prompt(5)), message)
      #expect(try await stream.answer().refused == code)
      await stream.send(.ask(5))
      #expect(try await stream.answer().refused == .notOpen)
    }
  }

  /// Behind a question that is not answered a window's worth is taken, and no more.
  @Test func aWindowIsAWindow() async throws {
    let fixture = try CloudFixture()
    var limits = CloudLimits()
    limits.window = 4
    let stream = await CloudStream(fixture.manager(limits))
    await stream.send(fixture.opening)
    _ = try await stream.reply()
    let prompt = fixture.prompt(6)
    // The question is under way until this task waits: the messages are taken one after another.
    await stream.send(try fixture.states(prompt))
    var code: Message.Refusal.Code?
    for _ in 0..<64 where code == nil {
      await stream.send(.ask(5))
      await stream.send(try fixture.states(fixture.prompt(6, count: 10), from: 5))
      await stream.send(.rewind(positions: 5))
      while let message = try stream.replies.poll() { code = code ?? message.refused }
    }
    #expect(code == .malformed)
  }
}
