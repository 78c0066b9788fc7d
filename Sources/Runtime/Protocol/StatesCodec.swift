/// Packs hidden states of one width. A position's bytes do not depend on the positions beside it, so what
/// was sent can be sent again in other pieces.
public struct StatesCodec: Sendable {
  public let format: StatesEncoding.Format
  public let hiddenSize: Int

  public init(_ format: StatesEncoding.Format, hiddenSize: Int) {
    precondition(hiddenSize > 0)
    self.format = format
    self.hiddenSize = hiddenSize
  }

  /// Of one position, before any compression.
  public var positionBytes: Int {
    switch format {
    case .float32: 4 * hiddenSize
    case .float16: 2 * hiddenSize
    case .int8, .int4: fatalError("not yet")
    }
  }

  /// - Parameter states: `[count, hidden]`.
  public func encode(_ states: [Float]) -> [UInt8] {
    precondition(states.count % hiddenSize == 0)
    switch format {
    case .float32: return states.withUnsafeBytes(Array.init)
    case .float16: return states.map(Float16.init).withUnsafeBytes(Array.init)
    case .int8, .int4: fatalError("not yet")
    }
  }

  /// - Returns: `[count, hidden]`, every number finite.
  public func decode(_ data: [UInt8], count: Int) throws(MessageError) -> [Float] {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: positionBytes)
    guard !overflow, count > 0, bytes == data.count else {
      throw MessageError(
        "\(data.count) bytes of states for \(count) positions of \(positionBytes) bytes")
    }
    let values = unpack(data, count: count)
    guard values.allSatisfy(\.isFinite) else { throw MessageError("states that are not finite") }
    return values
  }

  private func unpack(_ data: [UInt8], count: Int) -> [Float] {
    data.withUnsafeBytes { raw in
      switch format {
      case .float32:
        (0..<(count * hiddenSize)).map {
          raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)
        }
      case .float16:
        (0..<(count * hiddenSize)).map {
          Float(raw.loadUnaligned(fromByteOffset: 2 * $0, as: Float16.self))
        }
      case .int8, .int4: fatalError("not yet")
      }
    }
  }
}
