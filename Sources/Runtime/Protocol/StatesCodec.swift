/// The packing of hidden states of one width. A position's bytes do not depend on the positions beside it, so
/// states can be resent in other pieces. specs/protocol.md, "Encodings", defines the bytes.
package struct StatesCodec: Sendable {
  package let format: StatesEncoding.Format
  package let hiddenSize: Int
  private let int4: Int4Row

  package init(_ format: StatesEncoding.Format, hiddenSize: Int) {
    precondition(hiddenSize > 0)
    self.format = format
    self.hiddenSize = hiddenSize
    int4 = Int4Row(width: hiddenSize)
  }

  /// Bytes of one position, before any compression.
  package var positionBytes: Int {
    switch format {
    case .float32: 4 * hiddenSize
    case .float16: 2 * hiddenSize
    case .int8: int8Bytes
    case .int4: int4.byteCount
    case .tokens: MemoryLayout<UInt32>.size
    }
  }

  /// Packs hidden states. States that are not finite become bytes that `decode` refuses.
  ///
  /// - Parameter states: `[count, hidden]`.
  package func encode(_ states: [Float]) -> [UInt8] {
    precondition(states.count % hiddenSize == 0)
    switch format {
    case .float32: return states.withUnsafeBytes(Array.init)
    case .float16: return states.map(Float16.init).withUnsafeBytes(Array.init)
    case .int8: return encodeRows(states, packInt8)
    case .int4: return encodeRows(states, int4.pack)
    case .tokens: preconditionFailure("hidden states are no tokens")
    }
  }

  private func encodeRows(
    _ states: [Float], _ pack: (UnsafeBufferPointer<Float>, inout [UInt8]) -> Void
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(states.count / hiddenSize * positionBytes)
    states.withUnsafeBufferPointer { states in
      for start in stride(from: 0, to: states.count, by: hiddenSize) {
        pack(UnsafeBufferPointer(rebasing: states[start..<(start + hiddenSize)]), &bytes)
      }
    }
    return bytes
  }

  /// Bytes of so many positions.
  ///
  /// - Throws: `MessageError` for a count below 1, or that overflows.
  func byteCount(_ count: Int) throws(MessageError) -> Int {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: positionBytes)
    guard !overflow, count > 0 else {
      throw MessageError("states of \(count) positions; expected at least 1")
    }
    return bytes
  }

  /// Unpacks hidden states.
  ///
  /// - Returns: `[count, hidden]`, every number finite.
  /// - Throws: `MessageError` for bytes that `encode` does not write.
  package func decode(_ data: [UInt8], count: Int) throws(MessageError) -> [Float] {
    guard try byteCount(count) == data.count else {
      throw MessageError(
        "\(data.count) bytes of states for \(count) positions of \(positionBytes) bytes")
    }
    var values = [Float](repeating: 0, count: count * hiddenSize)
    for position in 0..<count { try unpack(data, position, into: &values) }
    guard values.allSatisfy(\.isFinite) else {
      let range = ", or beyond float16's range: send them as int8 or f32"
      throw MessageError("states that are not finite" + (format == .float16 ? range : ""))
    }
    return values
  }

  private func unpack(
    _ data: [UInt8], _ position: Int, into values: inout [Float]
  ) throws(MessageError) {
    // Typed throws do not pass through the closures of a nested pointer in every compiler.
    let result = values.withUnsafeMutableBufferPointer { values in
      data.withUnsafeBytes { data in
        let raw = UnsafeRawBufferPointer(
          rebasing: data[(position * positionBytes)..<((position + 1) * positionBytes)])
        let row = UnsafeMutableBufferPointer(
          rebasing: values[(position * hiddenSize)..<((position + 1) * hiddenSize)])
        return Result { () throws(MessageError) in try unpack(raw, into: row) }
      }
    }
    try result.get()
  }

  private func unpack(
    _ raw: UnsafeRawBufferPointer, into row: UnsafeMutableBufferPointer<Float>
  ) throws(MessageError) {
    switch format {
    case .float32:
      for index in row.indices {
        row[index] = raw.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
      }
    case .float16:
      for index in row.indices {
        row[index] = Float(raw.loadUnaligned(fromByteOffset: 2 * index, as: Float16.self))
      }
    case .int8: try unpackInt8(raw, into: row)
    case .int4: try int4.unpack(raw, into: row)
    case .tokens: throw MessageError("tokens; expected hidden states", code: .encoding)
    }
  }
}
