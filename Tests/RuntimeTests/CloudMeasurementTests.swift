import CleaveModel
import CleaveRuntime
import Synchronization
import TestSupport
import Testing

/// A cloud that is measured in this process, and clouds that say something else.
@Suite struct CloudMeasurementTests {
  private let fixture: CloudFixture

  init() throws { fixture = try CloudFixture() }

  private func description(
    _ fixture: CloudFixture, version: UInt32 = Message.version, idBytes: Int = 32,
    hiddenSize: Int? = nil, encodings: [StatesEncoding]? = nil, contextLength: Int? = nil
  ) throws -> CloudDescription {
    guard case .open(let open) = fixture.opening else { throw LinkClosed() }
    let manifest = fixture.manifest
    return try CloudDescription(
      version: version, modelID: Array(open.modelID.prefix(idBytes)),
      firstBlock: UInt32(manifest.blocks.lowerBound),
      hiddenSize: UInt32(hiddenSize ?? manifest.configuration.hiddenSize), numerics: .standard,
      encodings: encodings ?? manifest.takenEncodings,
      contextLength: UInt32(contextLength ?? manifest.configuration.contextLength))
  }

  private var settings: CloudMeasurement.Settings {
    var settings = CloudMeasurement.Settings()
    settings.seconds = 0
    settings.deadline = .seconds(60)
    settings.pause = .zero
    return settings
  }

  @Test(arguments: [false, true]) func everyPartIsRepeated(_ takesTokens: Bool) async throws {
    let fixture = try CloudFixture(takesTokens: takesTokens)
    let manager = fixture.manager()
    let times = try await CloudMeasurement.run(
      InProcessLink(manager), try description(fixture), settings: settings)
    #expect(times.messages.count == 3 && times.uploads.count == 3)
    #expect(times.requests.values.allSatisfy { $0.count == 3 })
    #expect(times.answers.map(\.columns).prefix(2) == [1, 2])
    #expect(times.head.map(\.columns) == [1, 8, 32])
    // Rows of drafts went through the head: 4 rounds of 8 and of 32, and one for each request.
    #expect(manager.meter.metrics.headRows > 4 * (8 + 32))
  }

  @Test func aWindowIsKept() async throws {
    var limits = CloudLimits()
    limits.window = 128
    let times = try await CloudMeasurement.run(
      InProcessLink(fixture.manager(limits)), try description(fixture), settings: settings)
    #expect(times.messages.count == 3)
  }

  @Test func aRefusalEndsIt() async throws {
    var limits = CloudLimits()
    limits.sessionsPerClient = 0
    let link = InProcessLink(fixture.manager(limits))
    let description = try description(fixture)
    let error = await #expect(throws: CloudRefusal.self) {
      try await CloudMeasurement.run(link, description, settings: settings)
    }
    #expect(error?.refusal.code == .tooManySessions)
  }

  @Test func repliesThatDoNotFitAreNamed() async throws {
    let opened = Message.opened(.init(encodings: [.float32], window: 64))
    let description = try description(fixture)
    for (replies, expected) in [
      ([.acknowledged(positions: 1)], "expected `opened`"),
      ([.opened(.init(encodings: [.float32], window: 0))], "window above 0"),
      ([opened, .acknowledged(positions: 2)], "an acknowledgement of 1 positions"),
      ([opened, .lacking(positions: 0)], "short of memory"),
    ] as [([Message], String)] {
      let error = await #expect(throws: MessageError.self) {
        try await CloudMeasurement.run(ScriptedLink(replies), description, settings: settings)
      }
      #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }
  }

  /// The states of 128 positions would be half a gigabyte.
  @Test func statesOfAMillionNumbersAreFew() async throws {
    let description = try description(
      fixture, hiddenSize: 1 << 20, encodings: [.float16], contextLength: 256)
    let times = try await CloudMeasurement.run(AgreeingLink(), description, settings: settings)
    #expect(times.requests.keys.sorted() == [0, 1, 2, 4, 8, 16])
    #expect(times.verifications.keys.sorted() == [8])
  }

  @Test func descriptionsWithoutSenseAreRefused() throws {
    #expect(throws: MessageError.self) { try description(fixture, version: 9) }
    #expect(throws: MessageError.self) { try description(fixture, idBytes: 31) }
    #expect(throws: MessageError.self) { try description(fixture, hiddenSize: 0) }
    #expect(throws: MessageError.self) { try description(fixture, hiddenSize: 1 << 30) }
    #expect(throws: MessageError.self) { try description(fixture, encodings: []) }
    #expect(throws: MessageError.self) { try description(fixture, contextLength: 1) }
  }
}

/// A cloud that takes everything and computes nothing.
private final class AgreeingLink: CloudLink {
  private let replies = MessageQueue()
  private let positions = Atomic(0)

  func send(_ message: Message) {
    switch message {
    case .open(let open):
      replies.put(.opened(.init(encodings: open.encodings, window: 1024)))
    case .states(let states):
      let here = positions.add(Int(states.count), ordering: .relaxed).newValue
      replies.put(.acknowledged(positions: UInt32(here)))
    case .rewind(let to): positions.store(Int(to), ordering: .relaxed)
    case .ask(let ask):
      replies.put(.answer(.init(position: ask.position, token: 0, maxProbability: 1, margin: 1)))
    default: break
    }
  }

  func receive() async throws -> Message { try await replies.take() }
  func close() {}
}
