import CZstd

/// Compression of uploads as one zstd frame (RFC 8878) whose content size is checked before it is decompressed.
package enum Compression {
  /// The zstd level: the fastest, whose frames are hardly larger than those of the next levels.
  static let level: Int32 = 1

  /// Compresses bytes to one frame. With one version of zstd the same bytes give the same frame.
  package static func compress(_ bytes: [UInt8]) -> [UInt8] {
    let bound = ZSTD_compressBound(bytes.count)
    return [UInt8](unsafeUninitializedCapacity: bound) { frame, count in
      let written = ZSTD_compress(frame.baseAddress, bound, bytes, bytes.count, level)
      precondition(ZSTD_isError(written) == 0, "the buffer is as large as zstd asks for")
      count = written
    }
  }

  /// Decompresses one frame.
  ///
  /// - Parameter size: the number of bytes expected; nothing larger is allocated.
  /// - Throws: `MessageError` for anything but one whole frame that declares, and holds, so many bytes.
  static func decompress(_ frame: [UInt8], size: Int) throws(MessageError) -> [UInt8] {
    let declared = ZSTD_getFrameContentSize(frame, frame.count)
    // 2^64 - 1: the size is not declared; 2^64 - 2: this is no frame.
    guard declared < UInt64.max - 1 else {
      throw MessageError("states that are not one zstd frame of a known size")
    }
    guard declared == UInt64(size) else {
      throw MessageError("a zstd frame of \(declared) bytes of states; expected \(size)")
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
