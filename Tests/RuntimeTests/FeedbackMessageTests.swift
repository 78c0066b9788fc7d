import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// What edge and cloud say about states that come back, right and wrong, and between versions.
@Suite struct FeedbackMessageTests {
  private let fixture: FeedbackFixture
  private let feedback = FeedbackShape.chain.feedback

  init() throws { fixture = try FeedbackFixture(.chain) }

  private func opening(_ change: (inout Message.Open) -> Void = { _ in }) -> Message {
    let digits = Array(fixture.edge.manifest.modelID)
    let id = stride(from: 0, to: 64, by: 2).map { UInt8(String(digits[$0...($0 + 1)]), radix: 16)! }
    var open = Message.Open(
      modelID: id, firstExit: 2, hiddenSize: UInt32(fixture.hidden),
      feedback: .init(depth: 4, format: .int8))
    change(&open)
    return .open(open)
  }

  private func states(_ tokens: [Int], from first: Int = 0) throws -> Message {
    let all = try StatesProbe(edge: fixture.edge, cloud: fixture.cloud, pool: fixture.pool)
      .states(of: tokens)
    return .states(
      StatesCodec(.float32, hiddenSize: fixture.hidden).message(
        StatesCodec(.float32, hiddenSize: fixture.hidden)
          .encode(Array(all.dropFirst(first * fixture.hidden))), first: first, compressed: false))
  }

  private func stream(_ opening: Message) async throws -> (CloudStream, Message) {
    let stream = await CloudStream(fixture.manager())
    await stream.send(opening)
    return (stream, try await stream.reply())
  }

  // MARK: - The cloud

  @Test func whatCannotComeBackIsRefused() async throws {
    for (feedback, code) in [
      (Message.Feedback(depth: 2, format: .int8), Message.Refusal.Code.malformed),
      (.init(depth: 7, format: .int8), .malformed), (.init(depth: .max, format: .int8), .malformed),
      (.init(depth: 0, format: .int8), .malformed), (.init(depth: 4, format: .int4), .encoding),
    ] {
      #expect(try await stream(opening { $0.feedback = feedback }).1.refused == code)
    }
    #expect(try await stream(opening { $0.version = 3 }).1.refused == .malformed)
    #expect(try await stream(opening { $0.version = 5 }).1.refused == .protocolVersion)
    let (open, _) = try await stream(opening())
    await open.send(.returned(.init(firstPosition: 0, count: 1, data: [])))
    #expect(try await open.answer().refused == .malformed)
  }

  /// The states are the model's, each once; what is taken back is sent anew.
  @Test func statesComeBackWithAnswers() async throws {
    let (stream, opened) = try await stream(opening())
    #expect(
      opened
        == .opened(
          .init(
            encodings: [.float32], window: 1024, feedback: .init(depth: 4, format: .int8))))
    let prompt = fixture.prompt(1)
    let more = prompt + [5, 6, 7]
    let other = prompt + [5, 8]
    let codec = StatesCodec(feedback, hiddenSize: fixture.hidden)
    func expect(_ text: [Int], _ range: Range<Int>?) async throws {
      guard case .answer(let answer) = try await stream.answer() else {
        Issue.record("no answer")
        return
      }
      let states = try fixture.whole.states(of: text, depth: 4, pool: fixture.pool)
      let expected = range.map {
        Message.Returned(
          firstPosition: UInt32($0.lowerBound), count: UInt32($0.count),
          data: codec.encode(
            Array(states[$0.lowerBound * fixture.hidden..<$0.upperBound * fixture.hidden])))
      }
      #expect(answer.position == text.count && answer.returned == expected)
    }
    await stream.send(try states(prompt), .ask(prompt.count))
    try await expect(prompt, 0..<9)
    await stream.send(.ask(prompt.count))
    try await expect(prompt, nil)
    await stream.send(try states(more, from: 9), .ask(12))
    try await expect(more, 9..<12)
    await stream.send(.rewind(positions: 10), try states(other, from: 10), .ask(11))
    try await expect(other, 10..<11)
  }

  /// States of drafts that are wrong do not come back.
  @Test func wrongDraftsBringNothing() async throws {
    let prompt = fixture.prompt(2)
    let right = try await fixture.tokens(after: prompt, 2)
    let (stream, _) = try await stream(opening())
    let drafts = [right[0], (right[1] + 1) % 300, 9]
    await stream.send(try states(prompt + drafts), .ask(12, drafts: drafts))
    guard case .answer(let answer) = try await stream.answer() else {
      Issue.record("no answer")
      return
    }
    #expect(answer.position == 10 && answer.token == UInt32(right[1]))
    #expect(answer.returned?.firstPosition == 0 && answer.returned?.count == 10)
    await stream.send(
      .rewind(positions: 10), try states(prompt + right, from: 10), .ask(11))
    guard case .answer(let next) = try await stream.answer() else {
      Issue.record("no answer")
      return
    }
    #expect(next.returned?.firstPosition == 10 && next.returned?.count == 1)
  }

  /// An edge of version 3 gets the very messages it got before.
  @Test func anEdgeOfVersion3IsTaken() async throws {
    let (stream, opened) = try await stream(opening { ($0.version, $0.feedback) = (3, nil) })
    #expect(opened == .opened(.init(encodings: [.float32], window: 1024)))
    let prompt = fixture.prompt(1)
    await stream.send(try states(prompt), .ask(prompt.count))
    let answer = try await stream.answer()
    #expect(try await answer.said == [9, fixture.tokens(after: prompt, 1)[0]])
    guard case .answer(let answer) = answer else { return }
    #expect(answer.returned == nil && Message.answer(answer).wireBytes < 40)
  }

  // MARK: - The edge

  private func client(_ replies: [Message]) async throws -> CloudClient {
    try await CloudClient(ScriptedLink(replies), edge: fixture.edge.manifest, feedback: feedback)
  }

  /// What an edge that has fed two tokens makes of these replies.
  private func answer(_ replies: [Message], wantsStates: Bool = true) async throws -> Int {
    let client = try await CloudClient(
      ScriptedLink(replies), edge: fixture.edge.manifest, feedback: wantsStates ? feedback : nil)
    let session = EdgeSession(
      fixture.edge, policy: ExitPolicy(thresholds: [1, 1], mode: .collaborative), cloud: client,
      options: .init(withoutFeedback: !wantsStates), pool: fixture.pool)
    try await session.feed([5, 6])
    return try await session.answer().token
  }

  @Test func aCloudThatSendsNothingBackIsNoCloud() async throws {
    for reply in [
      Message.opened(.init(encodings: [.float32], window: 8)),
      .refusal(.init(code: .protocolVersion, text: "protocol 4; this cloud speaks 3")),
    ] {
      let error = await #expect(throws: FeedbackMissing.self) { try await client([reply]) }
      #expect(error?.description.contains("--without-feedback") == true)
      #expect(error?.exitStatus == .cloudFailed)
      // It does not pass with time: nothing is tried again.
      let link = ScriptedLink([reply])
      await #expect(throws: FeedbackMissing.self) {
        try await CloudClient(
          patient: .init { link }, edge: fixture.edge.manifest, feedback: feedback)
      }
    }
    let plain = Message.Open(modelID: [], firstExit: 2, hiddenSize: 48)
    #expect(plain.version == 3 && Message.version == 4)
    await #expect(throws: CloudRefusal.self) {
      try await CloudClient(
        ScriptedLink([.refusal(.init(code: .protocolVersion, text: ""))]),
        edge: fixture.edge.manifest)
    }
  }

  @Test func aCloudThatAgreesToSomethingElseIsAnError() async throws {
    for feedback in [Message.Feedback(depth: 5, format: .int8), .init(depth: 4, format: .float16)] {
      await #expect(throws: MessageError.self) {
        try await client([.opened(.init(encodings: [.float32], window: 8, feedback: feedback))])
      }
    }
    await #expect(throws: MessageError.self) {
      try await CloudClient(
        ScriptedLink([
          .opened(.init(encodings: [.float32], window: 8, feedback: .init(depth: 4, format: .int8)))
        ]), edge: fixture.edge.manifest)
    }
  }

  /// What comes back is looked at before it is believed.
  @Test func statesThatCannotBeAreErrors() async throws {
    let codec = StatesCodec(feedback, hiddenSize: fixture.hidden)
    func rows(_ first: Int, _ count: Int, bytes: Int? = nil) -> Message.Returned {
      Message.Returned(
        firstPosition: UInt32(first), count: UInt32(truncatingIfNeeded: count),
        data: Array(repeating: 0, count: bytes ?? max(0, min(count, 4)) * codec.positionBytes))
    }
    func reply(_ returned: Message.Returned?) -> Message {
      .answer(.init(position: 2, token: 7, maxProbability: 0.5, margin: 0, returned: returned))
    }
    let opened = Message.opened(
      .init(encodings: [.float32], window: 8, feedback: .init(depth: 4, format: .int8)))
    let lead = Message.returned(rows(0, 1))
    for good in [[reply(rows(0, 2))], [lead, reply(rows(1, 1))], [lead, reply(rows(0, 2))]] {
      #expect(try await answer([opened] + good) == 7)
    }
    var nan = rows(0, 2)
    // The scale of the first row, behind no outliers.
    nan.data.replaceSubrange(0..<4, with: [0, 0, 0xC0, 0x7F])
    for bad in [
      [reply(nil)], [reply(rows(0, 1))], [reply(rows(1, 1))], [reply(rows(0, 3))],
      [reply(rows(1, 2))], [reply(rows(2, 1))], [reply(rows(0, 0))], [reply(rows(0, -1))],
      [reply(rows(0, 1025))], [reply(rows(0, 2, bytes: 5))], [reply(rows(.init(UInt32.max), 1))],
      [reply(nan)], [.returned(rows(1, 1)), reply(rows(0, 2))],
      [lead, reply(nil)], [.returned(rows(0, 3)), reply(nil)],
      [.returned(rows(0, 1, bytes: 0)), reply(rows(0, 2))],
    ] {
      await #expect(throws: MessageError.self, "\(bad)") { try await answer([opened] + bad) }
    }
    // Behind an edge that wants nothing back.
    let plain = Message.opened(.init(encodings: [.float32], window: 8))
    #expect(try await answer([plain, reply(nil)], wantsStates: false) == 7)
    for bad in [reply(rows(0, 2)), lead] {
      await #expect(throws: MessageError.self) {
        try await answer([plain, bad], wantsStates: false)
      }
    }
  }
}
