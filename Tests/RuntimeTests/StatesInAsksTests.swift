import CleaveExits
import CleaveModel
import CleaveRuntime
import Synchronization
import TestSupport
import Testing

/// States that an edge uploads with its requests, and what a cloud makes of them.
@Suite struct StatesInAsksTests {
  private func say(
    _ fixture: CloudFixture, _ link: some CloudLink, _ thresholds: [Double],
    _ options: EdgeSession.Options = .init()
  ) async throws -> [Answer] {
    let client = try await CloudClient(link, edge: fixture.edge.manifest)
    let session = EdgeSession(
      fixture.edge, policy: ExitPolicy(thresholds: thresholds, mode: .collaborative),
      cloud: client, options: options, pool: fixture.pool)
    return try await Generation(maxTokens: 30).run(session, prompt: fixture.prompt(7)).answers
  }

  @Test func aRequestBringsTheStatesBeforeIt() async throws {
    let fixture = try CloudFixture()
    let link = WatchedLink(InProcessLink(fixture.manager()))
    let said = try await say(fixture, link, [2, 2])
    #expect(said.map(\.token) == (try await fixture.tokens(after: fixture.prompt(7), 30)))
    // The prompt is more than waits for a request.
    #expect(link.uploads.map(\.count) == [5] + Array(repeating: 1, count: 29))
    #expect(link.uploads.map(\.isInAsk) == [false] + Array(repeating: true, count: 29))
  }

  /// Few states wait, in their order, and none is left out.
  @Test(arguments: [
    EdgeSession.Options(), .init(lookAhead: 6, leastChance: 0),
    .init(longestDraft: 5, lookAhead: 2, leastChance: 0),
  ])
  func whatNobodyAsksAboutGoesInMessagesOfFour(_ options: EdgeSession.Options) async throws {
    let fixture = try CloudFixture()
    // About half of what exit 1 says is as sure as that.
    let sure = try await say(fixture, InProcessLink(fixture.manager()), [0, 2]).map(\.confidence)
    let median = Double(sure.sorted()[sure.count / 2])
    for thresholds in [[median, 2], [median, median]] {
      let link = WatchedLink(InProcessLink(fixture.manager()))
      let said = try await say(fixture, link, thresholds, options)
      let plain = WatchedLink(InProcessLink(fixture.manager()), takesStates: false)
      #expect(try await say(fixture, plain, thresholds, options) == said)
      #expect(plain.uploads.allSatisfy { !$0.isInAsk })
      #expect(options.longestDraft > 0 || Set(said.map(\.source)).count > 1)
      #expect(link.uploads.contains { $0.isInAsk })
      #expect(link.uploads.dropFirst().allSatisfy { $0.isInAsk ? $0.count <= 4 : $0.count == 4 })
      #expect(link.uploads.count < plain.uploads.count)
      #expect(link.messages < plain.messages)
    }
  }

  // MARK: - The cloud

  private func stream(_ fixture: CloudFixture, _ manager: CloudContextManager) async -> CloudStream
  {
    let stream = await CloudStream(manager)
    await stream.send(fixture.opening)
    _ = try? await stream.reply()
    return stream
  }

  private func ask(_ position: Int, _ states: Message, drafts: [Int] = []) -> Message {
    .ask(
      .init(
        position: UInt32(position), sampling: .greedy, drafts: drafts.map(UInt32.init),
        states: states.uploadedStates))
  }

  /// The answer is the only reply: it acknowledges them.
  @Test func anAnswerAcknowledges() async throws {
    let fixture = try CloudFixture()
    let prompt = fixture.prompt(1)
    let text = try await fixture.tokens(after: prompt, 4)
    let stream = await stream(fixture, fixture.manager())
    await stream.send(ask(5, try fixture.states(prompt)))
    #expect(try await stream.reply().said == [5, text[0]])
    // Behind one that is not answered, with drafts, and after a roll back.
    await stream.send(
      ask(6, try fixture.states(prompt + text[..<1], from: 5)),
      ask(8, try fixture.states(prompt + text[..<3], from: 6), drafts: Array(text[1...2])),
      .rewind(positions: 7), ask(8, try fixture.states(prompt + text[..<3], from: 7)))
    #expect(try await stream.reply().said == [6, text[1]])
    #expect(try await stream.reply().said == [8, text[3]])
    #expect(try await stream.reply().said == [8, text[3]])
  }

  @Test func whatDoesNotFitIsRefused() async throws {
    let fixture = try CloudFixture()
    let prompt = fixture.prompt(1)
    var damaged = try #require(try fixture.states(prompt).uploadedStates)
    damaged.data.removeLast()
    for (message, code) in [
      (ask(4, try fixture.states(prompt)), Message.Refusal.Code.positionMismatch),
      (ask(6, try fixture.states(prompt)), .positionMismatch),
      (ask(5, try fixture.states(prompt, from: 1)), .positionMismatch),
      (ask(5, .states(damaged)), .malformed),
      (ask(5, try fixture.states(prompt), drafts: prompt), .malformed),
    ] {
      let stream = await stream(fixture, fixture.manager())
      await stream.send(message)
      #expect(try await stream.reply().refused == code)
    }
  }

  /// More than a window of them behind a request is more than a window.
  @Test func theyCountInTheWindow() async throws {
    let fixture = try CloudFixture()
    let gate = Gate()
    var limits = CloudLimits()
    limits.window = 4
    let stream = await stream(fixture, fixture.manager(limits, mayTake: gate.wait))
    let prompt = fixture.prompt(6, count: 11)
    await stream.send(
      ask(5, try fixture.states(Array(prompt.prefix(5)))),
      ask(11, try fixture.states(prompt, from: 5)))
    #expect(try await stream.reply().refused == .malformed)
    gate.open()
  }

  /// What waits behind a request is charged by its positions: more bytes than these can have are refused.
  @Test func bytesThatNoStatesHaveAreRefused() async throws {
    let fixture = try CloudFixture()
    for alone in [false, true] {
      let gate = Gate()
      let stream = await stream(fixture, fixture.manager(mayTake: gate.wait))
      let states = Message.States(
        firstPosition: 5, count: 1, encoding: StatesEncoding(.float32, isCompressed: true),
        data: Array(repeating: 0, count: 1 << 20))
      await stream.send(
        ask(5, try fixture.states(fixture.prompt(6))),
        alone ? .states(states) : ask(6, .states(states)))
      #expect(try await stream.reply().refused == .malformed)
      gate.open()
    }
  }

  /// An eviction that the edge does not know of yet.
  @Test func afterAnEvictionTheyArePassedOver() async throws {
    let fixture = try CloudFixture()
    let prompt = fixture.prompt(4)
    let text = try await fixture.tokens(after: prompt, 3)
    let stream = await stream(fixture, fixture.manager())
    await stream.send(ask(7, try fixture.states(prompt + text[..<2])))
    #expect(try await stream.reply().said == [7, text[2]])
    // The rows before the last are gone: it wants everything again.
    await stream.send(.ask(7, drafts: Array(text[..<2])))
    #expect(try await stream.reply() == .lacking(positions: 0))
    await stream.send(
      ask(8, try fixture.states(prompt + text[..<3], from: 7)),
      ask(7, try fixture.states(prompt + text[..<2]), drafts: Array(text[..<2])))
    #expect(try await stream.reply().said == [7, text[2]])
  }

  // MARK: - The edge

  /// States of the prompt that were never acknowledged.
  @Test func aCloudThatAcknowledgesTooLittleIsAnError() async throws {
    let fixture = try CloudFixture()
    let answers = [6, 7].map {
      Message.answer(.init(position: $0, token: 7, maxProbability: 0.5, margin: 0))
    }
    let opened = Message.opened(.init(encodings: [.float32], window: 8, statesInAsks: true))
    let client = try await CloudClient(
      ScriptedLink([opened] + answers), edge: fixture.edge.manifest)
    let session = EdgeSession(
      fixture.edge, policy: .off(exits: 2), cloud: client, pool: fixture.pool)
    try await session.feed(Array(fixture.prompt(7, count: 6)))
    // The request brought none: its answer says nothing about them.
    #expect(try await session.answer().token == 7)
    try await session.feed([7])
    await #expect(throws: MessageError.self) { try await session.answer() }
  }
}

/// A link that notes what the edge uploads, to a cloud that may be one that takes no states in asks.
private final class WatchedLink: CloudLink {
  struct Upload {
    let count: Int
    let isInAsk: Bool
  }

  private let link: InProcessLink
  private let takesStates: Bool
  private let noted = Mutex<(uploads: [Upload], messages: Int)>(([], 0))

  init(_ link: InProcessLink, takesStates: Bool = true) {
    self.link = link
    self.takesStates = takesStates
  }

  var uploads: [Upload] { noted.withLock(\.uploads) }
  var messages: Int { noted.withLock(\.messages) }

  func send(_ message: Message) {
    noted.withLock {
      $0.messages += 1
      guard let states = message.uploadedStates else { return }
      if case .ask = message {
        $0.uploads.append(Upload(count: Int(states.count), isInAsk: true))
      } else {
        $0.uploads.append(Upload(count: Int(states.count), isInAsk: false))
      }
    }
    link.send(message)
  }

  func receive() async throws -> Message {
    let message = try await link.receive()
    guard !takesStates, case .opened(var opened) = message else { return message }
    opened.statesInAsks = false
    return .opened(opened)
  }

  func close() { link.close() }
}
