import CleaveModel

/// What arrives for the first block: hidden states, or tokens that are looked up in the embedding.
struct StatesIntake {
  private let contextLength: Int
  private let hiddenSize: Int
  private let embedding: Embedding?
  private let meter: CloudMeter

  init(_ model: CloudModel, meter: CloudMeter) {
    contextLength = model.manifest.configuration.contextLength
    hiddenSize = model.manifest.configuration.hiddenSize
    embedding = model.embedding
    self.meter = meter
  }

  /// Checks that the positions are within the model's context and the bounds of a message.
  func check(_ states: Message.States) throws(MessageError) {
    let (first, count) = (Int(states.firstPosition), Int(states.count))
    guard first + count <= contextLength else {
      throw MessageError("more than \(contextLength) positions", code: .contextLimit)
    }
    guard (1...Message.mostPositions).contains(count) else {
      throw MessageError("states of \(count) positions; expected 1 to \(Message.mostPositions)")
    }
  }

  /// Checks that the data are no larger than those of their positions can be.
  func checkSize(_ states: Message.States?) throws(MessageError) {
    try states?.checkSize(hiddenSize: hiddenSize)
  }

  /// - Returns: what the first block reads of these positions: `[count, hidden]`.
  func unpack(_ states: Message.States) throws(MessageError) -> [Float] {
    let start = ContinuousClock.now
    defer { meter.note { $0.unpackingSeconds += start.duration(to: .now) / .seconds(1) } }
    guard let embedding else { return try states.decode(hiddenSize: hiddenSize) }
    var values: [Float] = []
    let tokens = try states.tokens()
    do { try embedding.append(tokens[...], at: Int(states.firstPosition), to: &values) } catch {
      throw MessageError("\(error)")
    }
    return values
  }
}
