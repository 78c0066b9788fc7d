extension Envelope {
  /// The frame: length of the rest (u32), kind (u8), session (u64), body; all little-endian.
  public var frame: [UInt8] {
    var writer = FrameWriter()
    writer.integer(message.kind.rawValue)
    writer.integer(session)
    switch message {
    case .open(let open):
      writer.integer(open.version)
      writer.bytes += open.modelID
      writer.integer(open.firstExit)
      writer.integer(open.hiddenSize)
      writer.integer(open.numerics.activations.code)
      writer.integer(open.numerics.cache.code)
    case .states(let states):
      writer.integer(states.firstPosition)
      writer.integer(states.count)
      writer.integer(StatesEncoding.float32.rawValue)
      writer.floats(states.values)
    case .ask(let ask):
      writer.integer(ask.position)
      writer.float(ask.sampling.temperature)
      writer.integer(UInt32(clamping: ask.sampling.topK))
      writer.float(ask.sampling.topP)
      writer.integer(ask.sampling.seed)
    case .answer(let answer):
      writer.integer(answer.position)
      writer.integer(answer.token)
      writer.float(answer.maxProbability)
    case .refusal(let refusal):
      writer.integer(refusal.code.rawValue)
      writer.bytes += Array(refusal.text.utf8)
    case .opened, .close: break
    }
    return writer.frame
  }
}

/// How states are packed; the number stands in the frame.
enum StatesEncoding: UInt8 {
  case float32 = 0
}

extension Message {
  enum Kind: UInt8 {
    case open = 1
    case opened, states, ask, answer, close, refusal
  }

  var kind: Kind {
    switch self {
    case .open: .open
    case .opened: .opened
    case .states: .states
    case .ask: .ask
    case .answer: .answer
    case .close: .close
    case .refusal: .refusal
    }
  }
}

/// Appends little-endian values.
private struct FrameWriter {
  var bytes: [UInt8] = []

  mutating func integer(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  mutating func float(_ value: Float) { integer(value.bitPattern) }

  mutating func floats(_ values: [Float]) {
    bytes.reserveCapacity(bytes.count + 4 * values.count)
    for value in values { float(value) }
  }

  var frame: [UInt8] { withUnsafeBytes(of: UInt32(bytes.count).littleEndian, Array.init) + bytes }
}

/// Numbers on the wire.
extension Numerics.Activations {
  var code: UInt8 { self == .float32 ? 0 : 1 }
}

extension Numerics.Cache {
  var code: UInt8 { self == .f32 ? 0 : 1 }
}
