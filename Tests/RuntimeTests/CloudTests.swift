import CleaveModel
import Glibc
import CleaveRuntime
import TestSupport
import Testing

/// The cloud's side of the protocol: every frame that does not fit is refused by name, and the
/// session is as it was.
@Suite struct CloudTests {
  private let pool: ThreadPool

  init() throws { pool = try ThreadPool(threads: 1) }
  private let hidden = 48

  private func cloud(_ scratch: Scratch, maxSessions: Int = 64) throws -> (
    CloudContextManager, Manifest
  ) {
    let bundle = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch).cloud
    return (
      CloudContextManager(try CloudModel(bundle), pool: pool, maxSessions: maxSessions),
      bundle.manifest
    )
  }

  private func opening(_ manifest: Manifest) -> Message.Open {
    let digits = Array(manifest.modelID)
    let id = stride(from: 0, to: 64, by: 2).map { UInt8(String(digits[$0...($0 + 1)]), radix: 16)! }
    return Message.Open(version: 2, modelID: id, firstExit: 2, hiddenSize: UInt32(hidden))
  }

  private func states(first: UInt32, count: Int) -> Message {
    .states(
      .init(
        firstPosition: first, values: Array(repeating: 0.5, count: count * hidden),
        count: UInt32(count)))
  }

  private func send(
    _ message: Message, session: UInt64 = 1, to cloud: CloudContextManager
  ) async throws -> Message? {
    guard let reply = await cloud.handle(Envelope(session: session, message: message).frame) else {
      return nil
    }
    return try Envelope(frame: reply, hiddenSize: hidden).message
  }

  private func code(_ message: Message?) -> Message.Refusal.Code? {
    guard case .refusal(let refusal)? = message else { return nil }
    return refusal.code
  }

  @Test func aStrangerIsRefused() async throws {
    let scratch = try Scratch()
    let (cloud, manifest) = try cloud(scratch)
    var open = opening(manifest)
    // Version 1 had a shorter body: nothing after the version may be read.
    open.version = 1
    var old = Array(Envelope(session: 9, message: .open(open)).frame.dropLast(2))
    old[0] -= 2
    let reply = try Envelope(frame: try #require(await cloud.handle(old)), hiddenSize: hidden)
    #expect(code(reply.message) == .protocolVersion && reply.session == 9)
    open = opening(manifest)
    open.modelID[31] ^= 1
    #expect(code(try await send(.open(open), to: cloud)) == .differentModel)
    open = opening(manifest)
    open.numerics.cache = .f32
    #expect(code(try await send(.open(open), to: cloud)) == .differentNumerics)
    open = opening(manifest)
    open.firstExit = 3
    #expect(code(try await send(.open(open), to: cloud)) == .differentSplit)
    #expect(await cloud.sessionCount == 0)
  }

  /// Weights that are no numbers give no answer, rather than the token 0.
  @Test func logitsThatAreNotFiniteAreRefused() async throws {
    let scratch = try Scratch()
    let (model, edge, bundle) = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
    try poison(scratch("cloud"), bundle.manifest)
    let cloud = CloudContextManager(
      try CloudModel(try Artifact(opening: scratch("cloud"))), pool: pool)
    #expect(try await send(.open(opening(bundle.manifest)), to: cloud) == .opened)
    _ = try await send(states(first: 0, count: 3), to: cloud)
    let ask = Message.ask(.init(position: 3, sampling: .greedy))
    #expect(code(try await send(ask, to: cloud)) == .noAnswer)
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

  @Test func sessionsAreKeptApartAndBounded() async throws {
    let scratch = try Scratch()
    let (cloud, manifest) = try cloud(scratch, maxSessions: 2)
    let open = Message.open(opening(manifest))
    #expect(try await send(open, session: 1, to: cloud) == .opened)
    #expect(code(try await send(open, session: 1, to: cloud)) == .sessionExists)
    #expect(try await send(open, session: 2, to: cloud) == .opened)
    #expect(code(try await send(open, session: 3, to: cloud)) == .tooManySessions)
    #expect(try await send(.close, session: 1, to: cloud) == nil)
    #expect(
      code(try await send(states(first: 0, count: 1), session: 1, to: cloud)) == .unknownSession)
    #expect(try await send(open, session: 3, to: cloud) == .opened)
  }

  @Test func positionsMustFollowOneAnother() async throws {
    let scratch = try Scratch()
    let (cloud, manifest) = try cloud(scratch)
    let ask = { (position: UInt32) in Message.ask(.init(position: position, sampling: .greedy)) }
    _ = try await send(.open(opening(manifest)), to: cloud)
    #expect(code(try await send(ask(0), to: cloud)) == .positionMismatch)
    #expect(try await send(states(first: 0, count: 3), to: cloud) == nil)
    #expect(code(try await send(states(first: 0, count: 3), to: cloud)) == .positionMismatch)
    #expect(code(try await send(states(first: 4, count: 1), to: cloud)) == .positionMismatch)
    #expect(code(try await send(ask(4), to: cloud)) == .positionMismatch)
    let first = try await send(ask(3), to: cloud)
    guard case .answer(let answer)? = first else {
      Issue.record("no answer: \(String(describing: first))")
      return
    }
    #expect(answer.position == 3)
    // Asking again computes nothing new and says the same.
    #expect(try await send(ask(3), to: cloud) == first)
    let limit = manifest.configuration.contextLength
    #expect(
      code(try await send(states(first: 3, count: limit - 2), to: cloud)) == .contextLimit)
  }

  @Test func garbageIsRefused() async throws {
    let scratch = try Scratch()
    let (cloud, _) = try cloud(scratch)
    for frame in [[], [0], [1, 0, 0, 0, 99], Array(repeating: 255, count: 64)] as [[UInt8]] {
      let reply = try #require(await cloud.handle(frame))
      #expect(code(try Envelope(frame: reply, hiddenSize: hidden).message) == .malformed)
    }
    #expect(code(try await send(.opened, to: cloud)) == .malformed)
  }

  @Test func moreStatesThanAFrameMayHoldAreRefused() async throws {
    let scratch = try Scratch()
    let (cloud, manifest) = try cloud(scratch)
    _ = try await send(.open(opening(manifest)), to: cloud)
    let tooMany = states(first: 0, count: Message.mostPositions + 1)
    #expect(code(try await send(tooMany, to: cloud)) == .malformed)
  }

  /// What a cloud says is not believed before it is looked at.
  @Test(arguments: [
    Message.answer(.init(position: 2, token: 320, maxProbability: 0.5)),
    .answer(.init(position: 2, token: 7, maxProbability: .nan)),
    .answer(.init(position: 2, token: 7, maxProbability: 1.5)),
    .answer(.init(position: 3, token: 7, maxProbability: 0.5)),
    .opened,
  ])
  func anAnswerThatCannotBeIsAnError(_ message: Message) async throws {
    let scratch = try Scratch()
    let edge = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch).edge.manifest
    let client = try await CloudClient(ScriptedLink([.opened, message]), edge: edge, session: 1)
    await #expect(throws: FrameError.self) { try await client.ask(position: 2, sampling: .greedy) }
    let gone = try await CloudClient(ScriptedLink([.opened]), edge: edge, session: 1)
    await #expect(throws: LinkClosed.self) { try await gone.ask(position: 2, sampling: .greedy) }
  }

  @Test func messagesSurviveTheirEncoding() throws {
    let sampling = Sampling(temperature: 0.7, topK: 50, topP: 0.9, seed: .max)
    let messages: [Message] = [
      .open(
        .init(version: 2, modelID: Array(0..<32), firstExit: 10, hiddenSize: 2, numerics: .exact)),
      .opened, .close,
      .states(
        .init(firstPosition: 7, values: [1, -2.5, 3e-20, .greatestFiniteMagnitude], count: 2)),
      .ask(.init(position: 9, sampling: sampling)),
      .answer(.init(position: 9, token: 49_151, maxProbability: 0.25)),
      .refusal(.init(code: .differentModel, text: "another model: é")),
    ]
    for message in messages {
      let envelope = Envelope(session: 0x0123_4567_89AB_CDEF, message: message)
      #expect(try Envelope(frame: envelope.frame, hiddenSize: 2) == envelope)
      for length in 0..<envelope.frame.count {
        #expect(throws: FrameError.self) {
          try Envelope(frame: Array(envelope.frame.prefix(length)), hiddenSize: 2)
        }
      }
    }
  }

  /// The example of specs/protocol.md, byte for byte.
  @Test func theSpecificationsExampleIsWhatIsSent() {
    let ask = Envelope(
      session: 1, message: .ask(.init(position: 5, sampling: .init(temperature: 0, seed: 7))))
    #expect(
      ask.frame == [
        33, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80,
        0x3F,
        7, 0, 0, 0, 0, 0, 0, 0,
      ])
  }
}

/// A cloud that says what it was told to, whatever it is asked.
private actor ScriptedLink: CloudLink {
  private var replies: [Message]

  init(_ replies: [Message]) { self.replies = replies }

  nonisolated func send(_ frame: [UInt8]) {}
  nonisolated func close() {}

  func receive() throws -> [UInt8] {
    guard !replies.isEmpty else { throw LinkClosed() }
    return Envelope(session: 1, message: replies.removeFirst()).frame
  }
}
