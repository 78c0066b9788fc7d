/// A frame that does not follow the protocol: what is wrong with it.
public struct FrameError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String
  /// What a cloud refuses it with.
  var code = Message.Refusal.Code.malformed
  /// Of the frame, where it could be read.
  var session: UInt64?

  init(description: String, code: Message.Refusal.Code = .malformed) {
    self.description = description
    self.code = code
  }
}

extension Envelope {
  /// Reads one whole frame. Nothing is allocated by a count that the frame's own bytes do not back.
  ///
  /// - Parameter hiddenSize: width of the states this receiver expects.
  public init(frame: [UInt8], hiddenSize: Int) throws(FrameError) {
    var reader = FrameReader(frame)
    guard try Int(reader.integer(UInt32.self)) == frame.count - 4 else {
      throw FrameError(description: "a length that is not the frame's \(frame.count - 4) bytes")
    }
    let rawKind = try reader.integer(UInt8.self)
    guard let kind = Message.Kind(rawValue: rawKind) else {
      throw FrameError(description: "message kind \(rawKind); known are 1 to 7")
    }
    session = try reader.integer(UInt64.self)
    do throws(FrameError) {
      message = try reader.message(kind, hiddenSize: hiddenSize)
      guard reader.remaining == 0 else {
        throw FrameError(description: "\(reader.remaining) bytes after the message")
      }
    } catch {
      var error = error
      error.session = session
      throw error
    }
  }
}

/// Reads little-endian values, each checked against the frame's end.
private struct FrameReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var remaining: Int { bytes.count - position }

  mutating func take(_ count: Int) throws(FrameError) -> ArraySlice<UInt8> {
    guard count <= remaining else {
      throw FrameError(description: "\(remaining) bytes where \(count) should follow")
    }
    defer { position += count }
    return bytes[position..<(position + count)]
  }

  mutating func integer<Value: FixedWidthInteger>(_: Value.Type) throws(FrameError) -> Value {
    try take(MemoryLayout<Value>.size).reversed().reduce(Value.zero) {
      Value(truncatingIfNeeded: (UInt64(truncatingIfNeeded: $0) << 8) | UInt64($1))
    }
  }

  mutating func float() throws(FrameError) -> Float {
    Float(bitPattern: try integer(UInt32.self))
  }

  mutating func message(
    _ kind: Message.Kind, hiddenSize: Int
  ) throws(FrameError) -> Message {
    switch kind {
    case .open: .open(try open())
    case .opened: .opened
    case .states: .states(try states(hiddenSize: hiddenSize))
    case .ask: .ask(try ask())
    case .answer: .answer(try answer())
    case .close: .close
    case .refusal: .refusal(try refusal())
    }
  }

  /// Of another version nothing but the version can be read.
  mutating func open() throws(FrameError) -> Message.Open {
    let version = try integer(UInt16.self)
    guard version == Message.version else {
      throw FrameError(
        description: "protocol \(version); expected \(Message.version)", code: .protocolVersion)
    }
    return Message.Open(
      version: version, modelID: Array(try take(32)),
      firstExit: try integer(UInt32.self), hiddenSize: try integer(UInt32.self),
      numerics: try numerics())
  }

  mutating func numerics() throws(FrameError) -> Numerics {
    let (activations, cache) = (try integer(UInt8.self), try integer(UInt8.self))
    guard let activations = Numerics.Activations.allCases.first(where: { $0.code == activations }),
      let cache = Numerics.Cache.allCases.first(where: { $0.code == cache })
    else {
      throw FrameError(description: "numerics \(activations), \(cache); known are 0 and 1")
    }
    return Numerics(activations: activations, cache: cache)
  }

  mutating func states(hiddenSize: Int) throws(FrameError) -> Message.States {
    let first = try integer(UInt32.self)
    let count = try integer(UInt32.self)
    let encoding = try integer(UInt8.self)
    guard encoding == StatesEncoding.float32.rawValue else {
      throw FrameError(description: "states encoding \(encoding); known is 0, float32")
    }
    guard (1...Message.mostPositions).contains(Int(count)) else {
      throw FrameError(
        description: "states of \(count) positions; expected 1 to \(Message.mostPositions)")
    }
    let (values, overflow) = Int(count).multipliedReportingOverflow(by: hiddenSize)
    guard !overflow, values <= remaining / 4, values * 4 == remaining else {
      throw FrameError(
        description: "\(remaining) bytes of states for \(count) positions of \(hiddenSize) floats")
    }
    let data = try take(remaining)
    let floats = data.withUnsafeBytes { raw in
      (0..<values).map {
        Float(
          bitPattern: UInt32(
            littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self))
        )
      }
    }
    guard floats.allSatisfy(\.isFinite) else {
      throw FrameError(description: "states that are not finite")
    }
    return Message.States(firstPosition: first, values: floats, count: count)
  }

  mutating func ask() throws(FrameError) -> Message.Ask {
    let position = try integer(UInt32.self)
    let sampling = Sampling(
      temperature: try float(), topK: Int(try integer(UInt32.self)), topP: try float(),
      seed: try integer(UInt64.self))
    guard sampling.temperature >= 0, sampling.temperature.isFinite, sampling.topP > 0,
      sampling.topP <= 1
    else {
      throw FrameError(
        description: "temperature \(sampling.temperature), top-p \(sampling.topP); expected at"
          + " least 0, and above 0 up to 1")
    }
    return Message.Ask(position: position, sampling: sampling)
  }

  mutating func answer() throws(FrameError) -> Message.CloudAnswer {
    Message.CloudAnswer(
      position: try integer(UInt32.self), token: try integer(UInt32.self),
      maxProbability: try float())
  }

  mutating func refusal() throws(FrameError) -> Message.Refusal {
    let raw = try integer(UInt16.self)
    guard let code = Message.Refusal.Code(rawValue: raw) else {
      throw FrameError(description: "refusal code \(raw)")
    }
    guard let text = String(validating: try take(remaining), as: UTF8.self) else {
      throw FrameError(description: "a refusal that is not UTF-8")
    }
    return Message.Refusal(code: code, text: text)
  }
}
