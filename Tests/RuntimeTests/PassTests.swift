import CleaveModel
import CleaveRuntime
import Foundation
import TestSupport
import Testing

/// What passes through the blocks compute, and what goes on meanwhile.
@Suite(.timeLimit(.minutes(3))) struct PassTests {
  private func stream(_ fixture: CloudFixture, _ manager: CloudContextManager) async throws
    -> CloudStream
  {
    let stream = await CloudStream(manager)
    await stream.send(fixture.opening)
    _ = try await stream.reply()
    return stream
  }

  /// With as many clouds in a pass as the machine has cores, and one more, another's messages are still taken.
  @Test func messagesAreTakenWhilePassesRun() async throws {
    let fixture = try CloudFixture()
    let gate = Gate()
    var waiting: [CloudStream] = []
    for _ in 0...ProcessInfo.processInfo.activeProcessorCount {
      let stream = try await stream(fixture, fixture.manager(mayTake: gate.wait))
      await stream.send(try fixture.states(fixture.prompt(1)), .ask(5))
      waiting.append(stream)
    }
    let manager = fixture.manager()
    let other = try await stream(fixture, manager)
    await other.send(try fixture.states(fixture.prompt(2)))
    #expect(try await other.reply() == .acknowledged(positions: 5))
    #expect(!gate.wasPassed, "every other pass still waits")
    gate.open()
    let token = try await fixture.tokens(after: fixture.prompt(1), 1)[0]
    for stream in waiting { #expect(try await stream.answer().said == [5, token]) }
  }

  /// What a wrong guess has voided before its pass is answered without one, and the states behind it do not run.
  @Test func whatIsVoidedIsNotComputed() async throws {
    let fixture = try CloudFixture()
    let gate = Gate()
    let manager = fixture.manager(mayTake: gate.wait)
    let prompt = fixture.prompt(3)
    let text = prompt + (try await fixture.tokens(after: prompt, 3))
    let wrong = prompt + [text[5] == 7 ? 8 : 7, 9, 11]
    let stream = try await stream(fixture, manager)
    // The pass of the first request waits at the gate; the others stand on a wrong guess at its position.
    await stream.send(
      try fixture.states(prompt), .ask(5), try fixture.states(wrong, from: 5), .ask(8),
      .ask(8, drafts: [9, 11]), .rewind(positions: 5),
      try fixture.states(Array(text[..<7]), from: 5),
      .ask(7))
    gate.open()
    #expect(try await stream.answer().said == [5, text[5]])
    #expect(try await stream.answer().said == [8, 0])
    #expect(try await stream.answer().said == [8, 0])
    #expect(try await stream.answer().said == [7, text[7]])
    let metrics = manager.meter.metrics
    #expect(metrics.voidedAsks == 2 && metrics.asks == 4)
    #expect(metrics.positions == 7 && metrics.headRows == 2)
  }

  /// A request is kept where its answer may be for a position that stands.
  @Test func whatStandsIsComputed() async throws {
    let fixture = try CloudFixture()
    let gate = Gate()
    let manager = fixture.manager(mayTake: gate.wait)
    let prompt = fixture.prompt(3)
    let text = prompt + (try await fixture.tokens(after: prompt, 3))
    let stream = try await stream(fixture, manager)
    await stream.send(
      try fixture.states(prompt), .ask(5), try fixture.states(text, from: 5),
      .ask(8, drafts: Array(text[5..<8])), .rewind(positions: 5))
    gate.open()
    #expect(try await stream.answer().said == [5, text[5]])
    let whole = try await fixture.tokens(after: text, 1)[0]
    #expect(try await stream.answer().said == [8, whole])
    #expect(manager.meter.metrics.voidedAsks == 0)
  }

  /// Long prompts are read in pieces, and what the last block is wanted for may lie in two of them.
  @Test(arguments: [TinyModel.llama3, .q4_1], [2, 8])
  func rowsOfTwoPiecesAnswerOneRequest(_ model: TinyModel, drafts: Int) async throws {
    let fixture = try CloudFixture(model)
    let gate = Gate()
    let manager = fixture.manager(mayTake: gate.wait)
    var streams: [(CloudStream, text: [Int])] = []
    for seed in 0..<4 {
      let prompt = fixture.prompt(seed, count: 36 - drafts)
      let text = try await fixture.tokens(after: prompt, drafts + 1)
      let stream = try await stream(fixture, manager)
      // The first waits at the gate; the others are in the pass after it together.
      await stream.send(
        try fixture.states(prompt + text.prefix(drafts)),
        .ask(36, drafts: Array(text.prefix(drafts))))
      streams.append((stream, text))
    }
    gate.open()
    for (stream, text) in streams {
      #expect(try await stream.answer().said == [36, text[drafts]])
    }
    #expect(manager.meter.metrics.passSessions > streams.count, "pieces of prompts")
    let metrics = manager.meter.metrics
    #expect(metrics.partSeconds.reduce(0, +) > 0 && metrics.unpackingSeconds > 0)
    #expect(metrics.partSeconds.reduce(0, +) <= metrics.busySeconds)
  }
}
