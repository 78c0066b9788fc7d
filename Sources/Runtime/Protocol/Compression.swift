import CZstd

/// One zstd frame (RFC 8878) whose size is known before it is read.
package enum Compression {
  /// Fast enough for one state, and hardly larger than the next levels make it.
  static let level: Int32 = 1

  /// The same bytes give the same frame, with one version of zstd.
  package static func compress(_ bytes: [UInt8]) -> [UInt8] {
    let bound = ZSTD_compressBound(bytes.count)
    return [UInt8](unsafeUninitializedCapacity: bound) { frame, count in
      let written = ZSTD_compress(frame.baseAddress, bound, bytes, bytes.count, level)
      precondition(ZSTD_isError(written) == 0, "the buffer is as large as zstd wants it")
      count = written
    }
  }

  /// - Parameter size: of what comes out; nothing larger is allocated.
  /// - Throws: for anything but one whole frame that says, and holds, so many bytes.
  static func decompress(_ frame: [UInt8], size: Int) throws(MessageError) -> [UInt8] {
    let said = ZSTD_getFrameContentSize(frame, frame.count)
    // 2^64 - 1 and - 2: it does not say, it is no frame.
    guard said < UInt64.max - 1 else {
      throw MessageError("states that are not one zstd frame of a known size")
    }
    guard said == UInt64(size) else {
      throw MessageError("a zstd frame of \(said) bytes of states; expected \(size)")
    }
    let length = ZSTD_findFrameCompressedSize(frame, frame.count)
    guard ZSTD_isError(length) == 0, length == frame.count else {
      throw MessageError("\(frame.count) bytes of states that are not one whole zstd frame")
    }
    var bytes = [UInt8](repeating: 0, count: size)
    let count = ZSTD_decompress(&bytes, size, frame, frame.count)
    guard ZSTD_isError(count) == 0, count == size else {
      throw MessageError("a zstd frame of states that is damaged")
    }
    return bytes
  }
}
