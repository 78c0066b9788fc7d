import CleaveModel

extension StatesCodec {
  /// Packs token ids, of which each is a little-endian number of 4 bytes.
  ///
  /// - Parameter tokens: ids of a vocabulary.
  package static func encode(_ tokens: some Collection<Int>) -> [UInt8] {
    tokens.flatMap { token in withUnsafeBytes(of: UInt32(token).littleEndian, Array.init) }
  }
}

extension Message.States {
  /// Unpacks the token ids that stand in place of hidden states.
  ///
  /// - Returns: `count` ids, which may be outside the vocabulary.
  /// - Throws: `MessageError` for hidden states, and for a count or bytes that do not follow the protocol.
  package func tokens() throws(MessageError) -> [Int] {
    guard encoding == .tokens else {
      throw MessageError(
        "states as \(encoding); this cloud holds all blocks and takes tokens: `run --upload tokens`,"
          + " without --codec", code: .encoding)
    }
    guard (1...Message.mostPositions).contains(Int(count)) else {
      throw MessageError("\(count) tokens; expected 1 to \(Message.mostPositions)")
    }
    let size = MemoryLayout<UInt32>.size
    guard data.count == Int(count) * size else {
      throw MessageError("\(data.count) bytes for \(count) tokens of \(size) bytes")
    }
    return stride(from: 0, to: data.count, by: size).map { first in
      (0..<size).reduce(0) { $0 | Int(data[first + $1]) << (8 * $1) }
    }
  }
}

extension Manifest {
  /// What an edge uploads to a cloud of this bundle in this process, where nothing is lost: tokens, or states as they are.
  package var exactEncoding: StatesEncoding { takesTokens ? .tokens : .float32 }
  /// The encodings that a cloud of this bundle takes.
  package var takenEncodings: [StatesEncoding] { takesTokens ? [.tokens] : StatesEncoding.all }
}
