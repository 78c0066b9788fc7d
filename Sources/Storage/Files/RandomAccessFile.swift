import Glibc

/// A file that is read piece by piece with pread(2): nothing of it stays in memory, however large it
/// is, and a file that another cuts short is an error and no signal.
package final class RandomAccessFile: Sendable {
  package let path: String
  package let count: Int
  private let descriptor: Int32

  /// - Throws: `InputError` when the path is not a readable regular file.
  package init(path: String) throws {
    (descriptor, count) = try MappedFile.open(path)
    self.path = path
  }

  deinit { close(descriptor) }

  /// Elements of a type without padding, from a byte on.
  ///
  /// - Throws: `InputError` when the file has become shorter, or cannot be read.
  package func read<Element: BitwiseCopyable>(
    _ type: Element.Type, at offset: Int, count elements: Int
  ) throws -> [Element] {
    let bytes = elements * MemoryLayout<Element>.stride
    precondition(offset >= 0 && elements >= 0 && offset + bytes <= count, "range outside \(path)")
    return try [Element](unsafeUninitializedCapacity: elements) { buffer, initialized in
      try fill(UnsafeMutableRawBufferPointer(buffer), from: offset)
      initialized = elements
    }
  }

  private func fill(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int) throws {
    var done = 0
    while done < buffer.count {
      let piece = min(buffer.count - done, 1 << 26)
      let read = pread(descriptor, buffer.baseAddress! + done, piece, off_t(offset + done))
      if read < 0, errno == EINTR { continue }
      guard read >= 0 else { throw InputError.unreadable(path, systemMessage()) }
      guard read > 0 else {
        throw InputError(
          file: path, found: "an end at byte \(offset + done)", expected: "\(count) bytes")
      }
      done += read
    }
  }
}
