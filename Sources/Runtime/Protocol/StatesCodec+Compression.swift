extension StatesCodec {
  /// Makes a message of packed positions.
  ///
  /// - Parameter first: the position of the first.
  package func message(_ bytes: [UInt8], first: Int, compressed: Bool) -> Message.States {
    Message.States(
      firstPosition: UInt32(first), count: UInt32(bytes.count / positionBytes),
      encoding: StatesEncoding(format, isCompressed: compressed),
      data: compressed ? compress(bytes) : bytes)
  }

  /// Compresses packed positions to one zstd frame. The bytes of floats are sorted first, all first bytes, then all
  /// second ones and so on: exponents, which are much alike, then stand together.
  func compress(_ bytes: [UInt8]) -> [UInt8] {
    Compression.compress(planes > 1 ? planar(bytes) : bytes)
  }

  /// Reverses `compress`.
  ///
  /// - Throws: `MessageError` for anything but one frame of exactly `count` positions.
  func decompress(_ frame: [UInt8], count: Int) throws(MessageError) -> [UInt8] {
    let bytes = try Compression.decompress(frame, size: try byteCount(count))
    return planes > 1 ? interleaved(bytes) : bytes
  }

  /// Bytes of a number that are sorted apart.
  private var planes: Int {
    switch format {
    case .float32: 4
    case .float16: 2
    case .int8, .int4, .tokens: 1
    }
  }

  /// Sorts the bytes of all numbers: all first bytes, then all second ones, ...
  private func planar(_ bytes: [UInt8]) -> [UInt8] {
    var sorted = [UInt8](repeating: 0, count: bytes.count)
    let (planes, length) = (planes, bytes.count / planes)
    for plane in 0..<planes {
      for index in 0..<length { sorted[plane * length + index] = bytes[index * planes + plane] }
    }
    return sorted
  }

  private func interleaved(_ bytes: [UInt8]) -> [UInt8] {
    var sorted = [UInt8](repeating: 0, count: bytes.count)
    let (planes, length) = (planes, bytes.count / planes)
    for plane in 0..<planes {
      for index in 0..<length { sorted[index * planes + plane] = bytes[plane * length + index] }
    }
    return sorted
  }
}
