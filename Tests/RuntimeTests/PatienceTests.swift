import CleaveExits
import CleaveRuntime
import TestSupport
import Testing

/// When an edge leaves its cloud alone, and when it asks again.
@Suite struct PatienceTests {
  @Test func afterSomeLateAnswersTheCloudIsLeftAlone() {
    var patience = CloudPatience()
    let start = ContinuousClock.now
    for _ in 1..<CloudPatience.mostLate {
      #expect(!late(&patience, start))
      #expect(patience.mayAsk(now: start))
    }
    #expect(late(&patience, start))
    #expect(patience.isAway && !patience.mayAsk(now: start))
    // The question after a pause that is late too makes the next pause twice as long.
    let second = start + CloudPatience.firstPause
    #expect(patience.mayAsk(now: second))
    #expect(!late(&patience, second))
    #expect(!patience.mayAsk(now: second + CloudPatience.firstPause))
    #expect(patience.mayAsk(now: second + CloudPatience.firstPause * 2))
    let wasAway = [patience.wasAnswered(), patience.wasAnswered()]
    #expect(wasAway == [true, false])
    #expect(!patience.isAway && patience.mayAsk(now: second))
  }

  private func late(_ patience: inout CloudPatience, _ now: ContinuousClock.Instant) -> Bool {
    patience.wasLate(now: now)
  }

  @Test func pausesHaveAnEnd() {
    var patience = CloudPatience()
    let now = ContinuousClock.now
    for _ in 0..<100 { _ = patience.leave(now: now) }
    #expect(patience.mayAsk(now: now + CloudPatience.longestPause))
    #expect(!patience.mayAsk(now: now + CloudPatience.longestPause / 2))
  }

  /// An answer that is late is answered by the edge, marked; one in time is the cloud's.
  @Test func lateAnswersHaveFallbacks() async throws {
    let fixture = try CloudFixture()
    for (wait, isLate) in [(Duration.nanoseconds(1), true), (.seconds(60), false)] {
      let manager = fixture.manager()
      let client = try await CloudClient(
        patient: .init { () -> any CloudLink in
          let link = InProcessLink(manager)
          return isLate ? DeafLink(link: link) : link
        },
        edge: fixture.edge.manifest)
      let session = EdgeSession(
        fixture.edge, policy: .off(exits: 2), cloud: client,
        options: .init(maxWait: wait), pool: fixture.pool)
      let answers = try await Generation(maxTokens: 12)
        .run(session, prompt: fixture.prompt(9)).answers
      #expect(answers.count == 12)
      if isLate {
        #expect(answers.allSatisfy { $0.isFallback && $0.source == .exit(depth: 4) })
        #expect(await client.standaloneSwitches == 1)
        #expect(await session.counts.fallbacks == 12)
      } else {
        #expect(answers.allSatisfy { !$0.isFallback && $0.source == .cloud })
        #expect(answers.map(\.token) == (try await fixture.tokens(after: fixture.prompt(9), 12)))
      }
    }
  }

  /// A cloud that was never there.
  @Test func withoutACloudTheTextIsWhole() async throws {
    let fixture = try CloudFixture()
    let client = try await CloudClient(
      patient: .init { throw LinkClosed("nobody there") }, edge: fixture.edge.manifest)
    let session = EdgeSession(
      fixture.edge, policy: .off(exits: 2), cloud: client,
      options: .init(lookAhead: 4, leastChance: 0, maxWait: .seconds(1)), pool: fixture.pool)
    let answers = try await Generation(maxTokens: 12)
      .run(session, prompt: fixture.prompt(9)).answers
    #expect(answers.count == 12 && answers.allSatisfy(\.isFallback))
  }

  /// What does not pass with time is said, not waited out.
  @Test func anotherModelsCloudIsAnError() async throws {
    let (fixture, other) = (try CloudFixture(), try CloudFixture(.q4_1))
    let manager = other.manager()
    await #expect(throws: CloudRefusal.self) {
      try await CloudClient(
        patient: .init { InProcessLink(manager) }, edge: fixture.edge.manifest)
    }
  }

  @Test func aMessageThatComesLateIsNotLost() async throws {
    let queue = MessageQueue()
    await #expect(throws: DeadlineExceeded.self) {
      try await queue.take(within: .milliseconds(5))
    }
    queue.put(.close)
    #expect(try await queue.take(within: .seconds(60)) == .close)
    #expect(try queue.poll() == nil)
    queue.finish()
    #expect(throws: LinkClosed.self) { try queue.poll() }
  }
}

/// A link on which nothing comes after the opening.
private final class DeafLink: CloudLink {
  let link: InProcessLink

  init(link: InProcessLink) { self.link = link }

  func send(_ message: Message) {
    if case .open = message { link.send(message) }
  }
  func receive() async throws -> Message { try await link.receive() }
  func receive(within limit: Duration?) async throws -> Message {
    try await link.receive(within: limit)
  }
  func poll() throws -> Message? { try link.poll() }
  func close() { link.close() }
}
