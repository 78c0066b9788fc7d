import CleaveExits
import CleaveModel
import CleaveRuntime
import TestSupport
import Testing

/// The protocol of a middle: what does not fit is refused by name, and what was lost is sent again.
@Suite struct MiddleSessionTests {
  private let fixture: TierFixture

  init() throws { fixture = try TierFixture() }

  private func stream(_ host: any SessionHost) async -> CloudStream { await CloudStream(host) }

  private var opening: Message.Open {
    let digits = Array(fixture.model.manifest.modelID)
    let id = stride(from: 0, to: 64, by: 2).map { UInt8(String(digits[$0...($0 + 1)]), radix: 16)! }
    return Message.Open(modelID: id, firstExit: 2, hiddenSize: 48)
  }

  private func states(first: Int, count: Int) -> Message {
    .states(
      .init(
        firstPosition: UInt32(first), count: UInt32(count), encoding: .float32,
        data: StatesCodec(.float32, hiddenSize: 48)
          .encode((0..<count * 48).map { Float(($0 + first * 48) % 7) * 0.1 })))
  }

  @Test func aStrangerIsRefused() async throws {
    let host = try fixture.middle(fixture.manager())
    func refusal(
      _ change: (inout Message.Open) -> Void
    ) async throws -> Message.Refusal.Code? {
      var open = opening
      change(&open)
      let stream = await stream(host)
      await stream.send(.open(open))
      return try await stream.reply().refused
    }
    #expect(try await refusal { $0.version = 2 } == .protocolVersion)
    #expect(try await refusal { $0.modelID[31] ^= 1 } == .differentModel)
    #expect(try await refusal { $0.firstExit = 4 } == .differentSplit)
    #expect(try await refusal { $0.hiddenSize = 47 } == .differentSplit)
    #expect(try await refusal { $0.numerics.cache = .f32 } == .differentNumerics)
    #expect(try await refusal { $0.encodings = [.tokens] } == .encoding)
    #expect(host.meter.metrics.sessions == 0)
  }

  @Test func whatDoesNotFitIsRefused() async throws {
    let host = try fixture.middle(fixture.manager())
    func refusal(_ messages: Message...) async throws -> Message.Refusal.Code? {
      let stream = await stream(host)
      await stream.send(.open(opening))
      guard case .opened = try await stream.reply() else { return nil }
      for message in messages { await stream.send(message) }
      let code = try await stream.answer().refused
      await stream.connection.close()
      return code
    }
    #expect(try await refusal(.open(opening)) == .openAlready)
    #expect(try await refusal(states(first: 1, count: 1)) == .positionMismatch)
    #expect(try await refusal(.ask(0)) == .positionMismatch)
    #expect(try await refusal(states(first: 0, count: 2), .ask(3)) == .positionMismatch)
    #expect(try await refusal(states(first: 0, count: 2), .rewind(positions: 0)) == .malformed)
    #expect(
      try await refusal(states(first: 0, count: 2), .rewind(positions: 3)) == .positionMismatch)
    #expect(try await refusal(states(first: 1 << 29, count: 1)) == .contextLimit)
    #expect(try await refusal(.lacking(positions: 0)) == .malformed)
    #expect(try await refusal(.close, .ask(1)) == .notOpen)
    #expect(host.meter.metrics.sessions == 0)
  }

  /// Asked again for a position the middle says the same; asked for one that it has gone back to without its state, it
  /// has everything sent again.
  @Test func whatWasLostIsAskedFor() async throws {
    let host = try fixture.middle(fixture.manager())
    let stream = await stream(host)
    await stream.send(.open(opening), states(first: 0, count: 5), .ask(5))
    _ = try await stream.reply()
    let first = try await stream.answer()
    await stream.send(.ask(5))
    #expect(try await stream.answer() == first)
    await stream.send(states(first: 5, count: 2), .ask(7))
    let second = try await stream.answer()
    await stream.send(.rewind(positions: 5), .ask(5))
    #expect(try await stream.answer() == .lacking(positions: 0))
    // Passed over until the states come from the first on.
    await stream.send(.ask(5), states(first: 5, count: 2), .rewind(positions: 2))
    await stream.send(states(first: 0, count: 5), .ask(5))
    #expect(try await stream.answer() == first)
    await stream.send(.rewind(positions: 3), states(first: 3, count: 4), .ask(7))
    #expect(try await stream.answer() == second)
  }

  /// Sessions push one another out of a middle with little memory, and their texts are the same.
  @Test func littleMemoryIsEnough() async throws {
    let expected = try await fixture.answers(
      asking: try fixture.middle(fixture.manager(), thresholds: [0.03]))
    var limits = CloudLimits()
    limits.bytes = 60_000
    let host = try fixture.middle(fixture.manager(), thresholds: [0.03], limits: limits)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<6 {
        group.addTask {
          let answers = try await fixture.answers(asking: host)
          #expect(answers == expected)
        }
      }
      try await group.waitForAll()
    }
    #expect(host.meter.metrics.evictions > 0)
  }

  /// The cloud evicts the middle's sessions: the middle resends, and nobody else notices.
  @Test func aCloudWithLittleMemoryIsEnough() async throws {
    let expected = try await fixture.answers(asking: try fixture.middle(fixture.manager()))
    var limits = CloudLimits()
    limits.bytes = 60_000
    let cloud = fixture.manager(limits)
    let host = try fixture.middle(cloud)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<6 {
        group.addTask {
          let answers = try await fixture.answers(asking: host)
          #expect(answers == expected)
        }
      }
      try await group.waitForAll()
    }
    #expect(cloud.meter.metrics.evictions > 0)
  }

  @Test func sessionsAreLimited() async throws {
    var limits = CloudLimits()
    (limits.sessions, limits.idle) = (1, .milliseconds(300))
    let host = try fixture.middle(fixture.manager(), limits: limits)
    let (one, other) = (await stream(host), await stream(host))
    await one.send(.open(opening))
    guard case .opened = try await one.reply() else { return #expect(Bool(false)) }
    await other.send(.open(opening))
    #expect(try await other.reply().refused == .tooManySessions)
    // Silent for too long.
    #expect(try await one.reply().refused == .unavailable)
    #expect(host.meter.metrics.expirations == 1)
  }

  /// States that would come back are not sent, which is said.
  @Test func nothingComesBackThroughAMiddle() async throws {
    let stream = await stream(try fixture.middle(fixture.manager()))
    var open = opening
    (open.version, open.feedback) = (4, .init(depth: 3, format: .int8))
    await stream.send(.open(open))
    guard case .opened(let opened) = try await stream.reply() else {
      return #expect(Bool(false))
    }
    #expect(opened.feedback == nil)
  }

  /// An exit's answer that was not asked for, or from no tier behind, is not believed.
  @Test(arguments: [(false, 4), (true, 2), (true, 6)])
  func anExitThatMayNotAnswerIsRefused(_ wrong: (may: Bool, depth: UInt32)) async throws {
    let link = ScriptedLink([
      .opened(.init(encodings: [.float32], window: 8)),
      .acknowledged(positions: 5),
      .answer(.init(position: 5, token: 1, maxProbability: 1, margin: 0, exit: wrong.depth)),
    ])
    let client = try await CloudClient(
      link, edge: fixture.device.manifest, exitsMayAnswer: wrong.may)
    let session = fixture.session(client)
    try await session.feed([1, 2, 3, 4, 5])
    await #expect(throws: MessageError.self) { try await session.answer() }
  }
}
