import CleaveModel
import CleaveRuntime
import CleaveStorage
import Glibc
import TestSupport
import Testing

/// The cloud's side of the protocol: every frame that does not fit is refused by name, and the
/// session is as it was.
@Suite struct CloudTests {
  private let pool: ThreadPool

  init() throws { pool = try ThreadPool(threads: 1) }
  private let hidden = 48

  private func cloud(_ scratch: Scratch, limits: CloudLimits = CloudLimits()) throws -> (
    CloudContextManager, Manifest
  ) {
    let bundle = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch).cloud
    return (
      CloudContextManager(try CloudModel(bundle), pool: pool, limits: limits),
      bundle.manifest
    )
  }

  private func opening(_ manifest: Manifest) -> Message.Open {
    let digits = Array(manifest.modelID)
    let id = stride(from: 0, to: 64, by: 2).map { UInt8(String(digits[$0...($0 + 1)]), radix: 16)! }
    return Message.Open(modelID: id, firstExit: 2, hiddenSize: UInt32(hidden))
  }

  private func states(first: UInt32, count: Int) -> Message {
    .states(
      .init(
        firstPosition: first, count: UInt32(count), encoding: .float32,
        data: StatesCodec(.float32, hiddenSize: hidden)
          .encode(Array(repeating: 0.5, count: count * hidden))))
  }

  /// One stream to a cloud, whose every message but `close` has a reply.
  private struct Stream {
    let connection: CloudConnection
    let replies = MessageQueue()

    init(_ cloud: CloudContextManager) async {
      let replies = replies
      connection = await cloud.connect(client: "") { replies.put($0) }
    }

    func send(_ message: Message) async throws -> Message {
      await connection.receive(message)
      return try await replies.take()
    }
  }

  private func code(_ message: Message?) -> Message.Refusal.Code? {
    guard case .refusal(let refusal)? = message else { return nil }
    return refusal.code
  }

  @Test func aStrangerIsRefused() async throws {
    let scratch = try Scratch()
    let (cloud, manifest) = try cloud(scratch)
    func refusal(_ change: (inout Message.Open) -> Void) async throws -> Message.Refusal.Code? {
      var open = opening(manifest)
      change(&open)
      return code(try await Stream(cloud).send(.open(open)))
    }
    #expect(try await refusal { $0.version = 2 } == .protocolVersion)
    #expect(try await refusal { $0.modelID[31] ^= 1 } == .differentModel)
    #expect(try await refusal { $0.numerics.cache = .f32 } == .differentNumerics)
    #expect(try await refusal { $0.firstExit = 3 } == .differentSplit)
    #expect(try await refusal { $0.hiddenSize = 47 } == .differentSplit)
    #expect(try await refusal { $0.encodings = [] } == .encoding)
    #expect(await cloud.sessionCount == 0)
  }

  /// Weights that are no numbers give no answer, rather than the token 0.
  @Test func logitsThatAreNotFiniteAreRefused() async throws {
    let scratch = try Scratch()
    let (model, edge, bundle) = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
    try poison(scratch("cloud"), bundle.manifest)
    let cloud = CloudContextManager(
      try CloudModel(try Artifact(opening: scratch("cloud"))), pool: pool)
    let stream = await Stream(cloud)
    #expect(isOpened(try await stream.send(.open(opening(bundle.manifest)))))
    _ = try await stream.send(states(first: 0, count: 3))
    let ask = Message.ask(.init(position: 3, sampling: .greedy))
    #expect(code(try await stream.send(ask)) == .noAnswer)
    try poison(model.path, model.manifest)
    let session = WholeModelSession(
      try WholeModel(try Artifact(opening: model.path)), pool: pool)
    try await session.feed([1, 2])
    await #expect(throws: InputError.self) { try await session.answer() }
    _ = edge
  }

  /// Makes the last number of the final norm not a number.
  private func poison(_ artifact: String, _ manifest: Manifest) throws {
    let path = "\(artifact)/weights/head.safetensors"
    var bytes = try FileSystem.read(path, limit: 1 << 24)
    let norm = try #require(
      try SafetensorsFile(path: path).entries.first { $0.name == "final_norm.weight" })
    bytes.replaceSubrange(
      (norm.range.upperBound - 4)..<norm.range.upperBound, with: [0, 0, 0xC0, 0x7F])
    unlink(path)
    let file = fopen(path, "w")
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count && fclose(file) == 0)
  }

  private func isOpened(_ message: Message) -> Bool {
    guard case .opened = message else { return false }
    return true
  }

  @Test func sessionsAreBounded() async throws {
    let scratch = try Scratch()
    var limits = CloudLimits()
    limits.sessions = 2
    let (cloud, manifest) = try cloud(scratch, limits: limits)
    let open = Message.open(opening(manifest))
    let (first, second, third) = (
      await Stream(cloud), await Stream(cloud), await Stream(cloud)
    )
    #expect(isOpened(try await first.send(open)))
    #expect(isOpened(try await second.send(open)))
    #expect(code(try await third.send(open)) == .tooManySessions)
    await first.connection.receive(.close)
    #expect(code(try await first.send(states(first: 0, count: 1))) == .notOpen)
    #expect(code(try await third.send(open)) == .notOpen)
    let fourth = await Stream(cloud)
    #expect(isOpened(try await fourth.send(open)))
    #expect(code(try await fourth.send(open)) == .openAlready)
  }

  @Test func positionsMustFollowOneAnother() async throws {
    let scratch = try Scratch()
    let (cloud, manifest) = try cloud(scratch)
    let ask = { (position: UInt32) in Message.ask(.init(position: position, sampling: .greedy)) }
    // Any refusal ends the session: each is met on a stream of its own.
    func refusal(of message: Message) async throws -> Message.Refusal.Code? {
      let stream = await Stream(cloud)
      #expect(isOpened(try await stream.send(.open(opening(manifest)))))
      #expect(try await stream.send(states(first: 0, count: 3)) == .acknowledged(positions: 3))
      let code = code(try await stream.send(message))
      if code != nil { #expect(self.code(try await stream.send(ask(3))) == .notOpen) }
      return code
    }
    #expect(try await refusal(of: ask(0)) == .positionMismatch)
    #expect(try await refusal(of: states(first: 0, count: 3)) == .positionMismatch)
    #expect(try await refusal(of: states(first: 4, count: 1)) == .positionMismatch)
    #expect(try await refusal(of: ask(4)) == .positionMismatch)
    let limit = manifest.configuration.contextLength
    #expect(try await refusal(of: states(first: 3, count: limit - 2)) == .contextLimit)
    let tooMany = states(first: 3, count: Message.mostPositions + 1)
    #expect(
      limit > Message.mostPositions + 3
        ? try await refusal(of: tooMany) == .malformed
        : try await refusal(of: tooMany) == .contextLimit)
    #expect(try await refusal(of: .opened(.init(encodings: [], window: 1))) == .malformed)
    let sampling = Sampling(temperature: .nan)
    #expect(try await refusal(of: .ask(.init(position: 3, sampling: sampling))) == .malformed)
    let drafts = Message.Ask(position: 3, sampling: .greedy, drafts: [1, 2, 3])
    #expect(try await refusal(of: .ask(drafts)) == .malformed)
  }

  @Test func askingAgainSaysTheSame() async throws {
    let scratch = try Scratch()
    let (cloud, manifest) = try cloud(scratch)
    let stream = await Stream(cloud)
    _ = try await stream.send(.open(opening(manifest)))
    _ = try await stream.send(states(first: 0, count: 3))
    let ask = Message.ask(.init(position: 3, sampling: .greedy))
    let first = try await stream.send(ask)
    guard case .answer(let answer) = first else {
      Issue.record("no answer: \(first)")
      return
    }
    #expect(answer.position == 3)
    #expect(try await stream.send(ask) == first)
  }

  @Test func statesThatAreNotWhatTheySayAreRefused() async throws {
    let scratch = try Scratch()
    let (cloud, manifest) = try cloud(scratch)
    func refusal(_ states: Message.States) async throws -> Message.Refusal.Code? {
      let stream = await Stream(cloud)
      _ = try await stream.send(.open(opening(manifest)))
      return code(try await stream.send(.states(states)))
    }
    var states = Message.States(
      firstPosition: 0, count: 1, encoding: .float32, data: Array(repeating: 0, count: 4 * hidden))
    #expect(try await refusal(states) == nil)
    states.data[3] = 0x7F
    states.data[2] = 0x80
    #expect(try await refusal(states) == .malformed)
    states.data.removeLast()
    #expect(try await refusal(states) == .malformed)
    states.count = 0
    #expect(try await refusal(states) == .malformed)
    states.count = .max
    #expect(try await refusal(states) != nil)
  }

  /// What a cloud says is not believed before it is looked at.
  @Test(arguments: [
    Message.answer(.init(position: 2, token: 320, maxProbability: 0.5, margin: 0)),
    .answer(.init(position: 2, token: 7, maxProbability: .nan, margin: 0)),
    .answer(.init(position: 2, token: 7, maxProbability: 1.5, margin: 0)),
    .answer(.init(position: 3, token: 7, maxProbability: 0.5, margin: 0)),
    .opened(.init(encodings: [.float32], window: 8)),
  ])
  func anAnswerThatCannotBeIsAnError(_ message: Message) async throws {
    let scratch = try Scratch()
    let edge = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch).edge.manifest
    let opened = Message.opened(.init(encodings: [.float32], window: 8))
    let client = try await CloudClient(ScriptedLink([opened, message]), edge: edge)
    await #expect(throws: MessageError.self) {
      try await client.ask(position: 2, sampling: .greedy)
    }
    let gone = try await CloudClient(ScriptedLink([opened]), edge: edge)
    await #expect(throws: LinkClosed.self) { try await gone.ask(position: 2, sampling: .greedy) }
  }

  /// A cloud that evicts a session again and again, and answers nothing.
  @Test func aCloudThatOnlyEvictsIsGivenUp() async throws {
    let fixture = try CloudFixture()
    let opened = Message.opened(.init(encodings: [.float32], window: 64))
    let reply = Message.answer(.init(position: 6, token: 7, maxProbability: 0.5, margin: 0))
    let acknowledged = Message.acknowledged(positions: 6)
    func answer(afterEvictions count: Int) async throws -> Int {
      let evictions = [Message](repeating: .lacking(positions: 0), count: count)
      let client = try await CloudClient(
        ScriptedLink([opened] + evictions + [acknowledged, reply]), edge: fixture.edge.manifest)
      let session = EdgeSession(
        fixture.edge, policy: .off(exits: 2), cloud: client, pool: fixture.pool)
      try await session.feed(Array(fixture.prompt(7, count: 6)))
      return try await session.answer().token
    }
    #expect(try await answer(afterEvictions: 64) == 7)
    await #expect(throws: LinkClosed.self) { try await answer(afterEvictions: 65) }
  }
}
