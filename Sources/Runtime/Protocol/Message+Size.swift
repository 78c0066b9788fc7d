extension Message {
  /// Bytes of the largest message of hidden states that follows the protocol, either way, with room for its other
  /// fields.
  package static func mostBytes(hiddenSize: Int) -> Int {
    mostPositions * hiddenSize * MemoryLayout<Float>.size + (1 << 16)
  }

  /// Bytes of the message on a network, as specs/cloud.proto encodes it, with gRPC's 5 bytes before it.
  package var wireBytes: Int {
    let body = bodyBytes
    return 5 + 1 + Self.varint(body) + body
  }

  private var bodyBytes: Int {
    switch self {
    case .open(let open):
      Self.field(Int(open.version)) + Self.present(open.modelID.count)
        + Self.field(Int(open.firstExit)) + Self.field(Int(open.hiddenSize)) + 2 + 2
        + open.encodings.reduce(0) { $0 + Self.bytes($1.wireBytes) } + Self.bytes(of: open.feedback)
        + (open.statesInAsks ? 2 : 0) + (open.exitsMayAnswer ? 2 : 0)
    case .opened(let opened):
      opened.encodings.reduce(0) { $0 + Self.bytes($1.wireBytes) }
        + Self.field(Int(opened.window)) + Self.bytes(of: opened.feedback)
        + (opened.statesInAsks ? 2 : 0)
    case .states(let states): Self.bytes(of: states)
    case .acknowledged(let positions), .lacking(let positions), .rewind(let positions):
      Self.field(Int(positions))
    case .ask(let ask): Self.bytes(of: ask)
    case .answer(let answer):
      Self.field(Int(answer.position)) + Self.field(Int(answer.token))
        + Self.float(answer.maxProbability) + Self.float(answer.margin)
        + (answer.returned.map { Self.bytes(Self.bytes(of: $0)) } ?? 0)
        + Self.field(Int(answer.exit ?? 0))
    case .returned(let returned): Self.bytes(of: returned)
    case .close: 0
    case .refusal(let refusal): 2 + Self.present(refusal.text.utf8.count)
    }
  }

  private static func bytes(of feedback: Feedback?) -> Int {
    feedback.map { bytes(field(Int($0.depth)) + 2) } ?? 0
  }

  private static func bytes(of states: States) -> Int {
    field(Int(states.firstPosition)) + field(Int(states.count)) + bytes(states.encoding.wireBytes)
      + present(states.data.count)
  }

  private static func bytes(of returned: Returned) -> Int {
    field(Int(returned.firstPosition)) + field(Int(returned.count))
      + present(returned.data.count)
  }

  private static func bytes(of ask: Ask) -> Int {
    let seed = ask.sampling.seed
    let sampling =
      float(ask.sampling.temperature) + field(ask.sampling.topK) + float(ask.sampling.topP)
      + (seed == 0 ? 0 : 1 + (max(1, 64 - seed.leadingZeroBitCount) + 6) / 7)
    let drafts = ask.drafts.reduce(0) { $0 + varint(Int($1)) }
    return field(Int(ask.position)) + bytes(sampling) + (drafts == 0 ? 0 : bytes(drafts))
      + (ask.states.map { bytes(bytes(of: $0)) } ?? 0)
  }

  /// Bytes of a varint: 7 bits each.
  private static func varint(_ value: Int) -> Int {
    (max(1, Int.bitWidth - value.leadingZeroBitCount) + 6) / 7
  }

  /// Bytes of a number with its tag; none for 0.
  private static func field(_ value: Int) -> Int { value == 0 ? 0 : 1 + varint(value) }
  private static func float(_ value: Float) -> Int { value.bitPattern == 0 ? 0 : 5 }
  private static func bytes(_ count: Int) -> Int { 1 + varint(count) + count }
  /// Bytes of a text or of bytes with their tag; none for none.
  private static func present(_ count: Int) -> Int { count == 0 ? 0 : bytes(count) }
}

extension StatesEncoding {
  fileprivate var wireBytes: Int { 2 + (isCompressed ? 2 : 0) }
}
