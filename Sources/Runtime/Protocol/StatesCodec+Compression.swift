extension StatesCodec {
  /// Packed positions, from position `first` on, as a message of them.
  package func message(_ bytes: [UInt8], first: Int, compressed: Bool) -> Message.States {
    Message.States(
      firstPosition: UInt32(first), count: UInt32(bytes.count / positionBytes),
      encoding: StatesEncoding(format, isCompressed: compressed),
      data: compressed ? compress(bytes) : bytes)
  }

  /// Packed positions as one zstd frame. The bytes of floats are sorted by their place in the number before:
  /// exponents, which are much alike, then stand together.
  func compress(_ bytes: [UInt8]) -> [UInt8] {
    Compression.compress(planes > 1 ? planar(bytes) : bytes)
  }

  /// - Throws: for anything but one frame of exactly so many positions.
  func decompress(_ frame: [UInt8], count: Int) throws(MessageError) -> [UInt8] {
    let bytes = try Compression.decompress(frame, size: try byteCount(count))
    return planes > 1 ? interleaved(bytes) : bytes
  }

  private var planes: Int {
    switch format {
    case .float32: 4
    case .float16: 2
    case .int8, .int4: 1
    }
  }

  /// All first bytes, then all second ones, ...
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
