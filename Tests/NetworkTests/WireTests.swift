#if Network
  import CleaveNetwork
  import CleaveRuntime
  import SwiftProtobuf
  import TestSupport
  import Testing

  /// Not that of SwiftProtobuf.
  private typealias Message = CleaveRuntime.Message

  /// Every message survives the wire, has the size it says, and no bytes break the reader.
  @Suite struct WireTests {
    fileprivate static let edge: [Message] = [
      .open(.init(modelID: Array(0..<32), firstExit: 2, hiddenSize: 48)),
      .open(
        .init(
          modelID: Array(repeating: 0xFF, count: 32), firstExit: 300, hiddenSize: 4096,
          numerics: Numerics(activations: .float32, cache: .f32),
          encodings: [.tokens]
            + StatesEncoding.Format.ofStates.flatMap {
              [StatesEncoding($0), StatesEncoding($0, isCompressed: true)]
            })),
      .states(.init(firstPosition: 0, count: 1, encoding: .float32, data: [1, 2, 3])),
      .open(
        .init(
          modelID: Array(0..<32), firstExit: 2, hiddenSize: 48,
          numerics: Numerics(activations: .int8, cache: .q8_0))),
      .open(
        .init(
          modelID: Array(0..<32), firstExit: 2, hiddenSize: 48,
          feedback: .init(depth: 300, format: .int8))),
      .states(
        .init(
          firstPosition: .max, count: 1024, encoding: StatesEncoding(.int4, isCompressed: true),
          data: Array(repeating: 7, count: 70_000))),
      .ask(.init(position: 0, sampling: .greedy)),
      .ask(
        .init(
          position: 1 << 20,
          sampling: Sampling(temperature: 0.7, topK: 40, topP: 0.9, seed: .max),
          drafts: [0, 127, 128, 1 << 21, .max])),
      .ask(
        .init(position: 5, sampling: Sampling(temperature: 1, topK: 1 << 14, topP: 1, seed: 127))),
      .open(.init(modelID: Array(0..<32), firstExit: 2, hiddenSize: 48, statesInAsks: true)),
      .open(.init(modelID: Array(0..<32), firstExit: 2, hiddenSize: 48, exitsMayAnswer: true)),
      .ask(
        .init(
          position: 300, sampling: .greedy, drafts: [1],
          states: .init(
            firstPosition: 256, count: 44, encoding: StatesEncoding(.int8),
            data: Array(repeating: 3, count: 2288)))),
      .rewind(positions: 0), .rewind(positions: 16384), .close,
    ]
    fileprivate static let cloud: [Message] =
      [
        .opened(.init(encodings: [.float32, .float16], window: 4096)),
        .opened(.init(encodings: [], window: 0)),
        .opened(.init(encodings: [.int4], window: 1, statesInAsks: true)),
        .opened(
          .init(encodings: [.int8], window: 8, feedback: .init(depth: 4, format: .float16))),
        .returned(.init(firstPosition: 0, count: 1, data: [])),
        .returned(.init(firstPosition: 300, count: 1024, data: Array(repeating: 7, count: 70_000))),
        .answer(
          .init(
            position: 300, token: 1, maxProbability: 1, margin: 0.25,
            returned: .init(firstPosition: 128, count: 200, data: Array(repeating: 1, count: 200)))),
        .acknowledged(positions: 0), .acknowledged(positions: 127), .acknowledged(positions: .max),
        .lacking(positions: 0), .lacking(positions: 128),
        .answer(.init(position: 3, token: 0, maxProbability: 0, margin: 0)),
        .answer(.init(position: 300, token: 49151, maxProbability: 1, margin: 0.25)),
        .answer(.init(position: 300, token: 49151, maxProbability: 1, margin: 0, exit: 300)),
      ]
      + Message.Refusal.Code.allCases.map { .refusal(.init(code: $0, text: "why: \($0) é")) }
      + [.refusal(.init(code: .unavailable, text: ""))]

    @Test(arguments: edge) fileprivate func anEdgeMessageSurvives(_ message: Message) throws {
      let bytes: [UInt8] = try Wire.edge(message).serializedBytes()
      #expect(message.wireBytes == 5 + bytes.count)
      #expect(try Wire.message(Wire.EdgeMessage(serializedBytes: bytes)) == message)
      #expect(throws: MessageError.self) { try Wire.cloud(message) }
    }

    @Test(arguments: cloud) fileprivate func aCloudMessageSurvives(_ message: Message) throws {
      let bytes: [UInt8] = try Wire.cloud(message).serializedBytes()
      #expect(message.wireBytes == 5 + bytes.count)
      #expect(try Wire.message(Wire.CloudMessage(serializedBytes: bytes)) == message)
      #expect(throws: MessageError.self) { try Wire.edge(message) }
    }

    @Test func whatIsMissingOrUnknownIsNamed() throws {
      func code(_ change: (inout Wire.EdgeMessage) -> Void) -> Message.Refusal.Code? {
        var wire = Wire.EdgeMessage()
        change(&wire)
        do {
          _ = try Wire.message(wire)
          return nil
        } catch { return error.code }
      }
      func open(_ change: (inout Cleave_Cloud_V1_Open) -> Void) throws -> Message.Refusal.Code? {
        var open = try Wire.edge(Self.edge[0]).open
        change(&open)
        return code { $0.open = open }
      }
      func states(_ change: (inout Cleave_Cloud_V1_States) -> Void) throws -> Message.Refusal.Code?
      {
        var states = try Wire.edge(Self.edge[2]).states
        change(&states)
        return code { $0.states = states }
      }
      #expect(code { _ in } == .malformed)
      #expect(code { $0.ask = .init() } == .malformed)
      #expect(code { $0.ask = .with { $0.position = 1 } } == .malformed)
      #expect(
        code { $0.ask = .with { ($0.sampling, $0.states) = (.init(), .init()) } } == .malformed)
      #expect(try open { _ in } == nil)
      #expect(try open { $0.version = 2 } == .protocolVersion)
      #expect(try open { $0.modelID.removeLast() } == .malformed)
      #expect(try open { $0.activations = .unspecified } == .malformed)
      #expect(try open { $0.activations = .UNRECOGNIZED(9) } == .malformed)
      #expect(try open { $0.kvCache = .UNRECOGNIZED(4) } == .malformed)
      #expect(try open { $0.kvCache = .q80 } == nil)
      let feedback = Cleave_Cloud_V1_Feedback.with { ($0.depth, $0.format) = (4, .int8) }
      #expect(try open { ($0.version, $0.feedback) = (4, feedback) } == nil)
      #expect(try open { ($0.version, $0.feedback) = (4, .init()) } == .encoding)
      #expect(
        try open { ($0.version, $0.feedback.format) = (4, .UNRECOGNIZED(9)) } == .encoding)
      #expect(try open { $0.version = 5 } == .protocolVersion)
      #expect(try states { _ in } == nil)
      #expect(try states { $0.clearEncoding() } == .malformed)
      #expect(try states { $0.encoding.format = .unspecified } == .encoding)
      #expect(try states { $0.encoding.format = .UNRECOGNIZED(77) } == .encoding)
      #expect(try states { $0.count = 0 } == .malformed)
      #expect(try states { $0.count = 1025 } == .malformed)
      var unknown = Wire.CloudMessage()
      unknown.refusal.code = .UNRECOGNIZED(99)
      #expect(throws: MessageError.self) {
        try Wire.message(
          unknown)
      }
      #expect(throws: MessageError.self) { try Wire.message(Wire.CloudMessage()) }
      for count in [0, 1025, .max] as [UInt32] {
        #expect(throws: MessageError.self) {
          try Wire.message(Wire.CloudMessage.with { $0.returned.count = count })
        }
        #expect(throws: MessageError.self) {
          try Wire.message(Wire.CloudMessage.with { $0.answer.returned.count = count })
        }
      }
    }

    /// What version 3 has no field for is passed over in its messages.
    @Test func version3HasNoFeedback() throws {
      var wire = try Wire.edge(Self.edge[0])
      wire.open.feedback = .with { $0.depth = 4 }
      #expect(try Wire.message(wire) == Self.edge[0])
    }

    /// An encoding of a later version is passed over; what is left decides.
    @Test func encodingsThatAreNotKnownArePassedOver() throws {
      var wire = try Wire.edge(Self.edge[0])
      wire.open.encodings.insert(.with { $0.format = .UNRECOGNIZED(12) }, at: 0)
      #expect(try Wire.message(wire) == Self.edge[0])
    }

    @Test func noBytesBreakTheReader() throws {
      var mutator = Mutator(seed: 7)
      var (read, refused, broken) = (0, 0, 0)
      for _ in 0..<400 {
        for message in Self.edge where message.wireBytes < 1000 {
          let bytes = mutator.mutate(try Wire.edge(message).serializedBytes())
          guard let wire = try? Wire.EdgeMessage(serializedBytes: bytes) else {
            broken += 1
            continue
          }
          do {
            let message = try Wire.message(wire)
            // What was read can be written and read again.
            #expect(sameBits(try Wire.message(try Wire.edge(message)), message))
            read += 1
          } catch { refused += 1 }
        }
      }
      #expect(read > 100 && refused > 100 && broken > 100)
    }

    /// Numbers that are no numbers are not equal to themselves.
    private func sameBits(_ a: Message, _ b: Message) -> Bool { "\(a)" == "\(b)" }
  }
#endif
