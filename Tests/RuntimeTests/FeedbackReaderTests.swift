import CleaveModel
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Exits read at many places with the states that have come back there.
@Suite struct FeedbackReaderTests {
  private let scratch: Scratch
  private let pool: ThreadPool
  private let text: [Int]

  init() throws {
    scratch = try Scratch()
    pool = try ThreadPool(threads: 2)
    var random = SplitMix64(seed: 5)
    text = (0..<170).map { _ in Int.random(in: 0..<300, using: &random) }
  }

  private func states(_ model: Artifact, depth: Int) throws -> [Float] {
    try WholeModel(model).states(of: text, depth: depth, pool: pool)
  }

  /// In groups by what has come back, in whatever order, exits say what they say at a place alone.
  @Test(arguments: FeedbackShape.all)
  func placesAreReadAsIfEachWereAlone(_ shape: FeedbackShape) throws {
    let model = try TinyModel.llama3.withFeedback(shape, into: scratch)
    let codec = StatesCodec(
      shape.feedback, hiddenSize: model.manifest.configuration.hiddenSize)
    let deep = try codec.received(states(model, depth: shape.feedback.depth))
    var reader = ExitReader(try EdgeModel(exitsOf: model), pool: pool)
    let rows = [0, 0, 140, 163, 140, 165, 166, 0, 1]
    let read = try reader.answers(
      after: text, last: rows.count, returned: ReturnedStates(states: deep, rows: rows))
    let nothing = try reader.answers(after: text, last: rows.count)
    for (place, count) in rows.enumerated() {
      let end = text.count - rows.count + place + 1
      let alone = try reader.answers(
        after: Array(text[..<end]), last: 1,
        returned: ReturnedStates(
          states: Array(deep.prefix(count * codec.hiddenSize)), rows: [count]))
      for exit in read.indices {
        #expect(read[exit][place] == alone[exit][0])
        let reads = exit == shape.exit || (exit > shape.exit && shape.replace)
        if !reads || count == 0 { #expect(read[exit][place] == nothing[exit][place]) }
        if reads, count > 100 { #expect(read[exit][place] != nothing[exit][place]) }
      }
    }
  }

  /// States that are what the tail would have read anyway change no bit.
  @Test func theTailsOwnStatesChangeNothing() throws {
    let shape = FeedbackShape.deeper
    let model = try TinyModel.llama3.withFeedback(shape, into: scratch)
    var reader = ExitReader(try EdgeModel(exitsOf: model), pool: pool)
    let own = try states(model, depth: shape.depths[shape.exit])
    let read = try reader.answers(
      after: text, last: 3, returned: ReturnedStates(states: own, rows: [100, 168, 169]))
    #expect(try read == reader.answers(after: text, last: 3))
  }

  /// A packing changes a state little, and says so for what it cannot hold.
  @Test func whatIsReceivedIsNearWhatWasSent() throws {
    let sent: [Float] = [0.5, -3, 24_000, 0.001] + Array(repeating: 1, count: 60)
    for format in ExitFeedback.Format.allCases {
      let codec = StatesCodec(ExitFeedback(depth: 1, format: format), hiddenSize: sent.count)
      let received = try codec.received(sent)
      #expect(zip(sent, received).allSatisfy { abs($0 - $1) <= 100 } && received.count == 64)
      #expect((received == sent) == (format == .float32))
      #expect(try codec.received([]) == [])
      #expect(throws: MessageError.self) { try codec.received([.nan] + sent.dropFirst()) }
    }
  }
}
