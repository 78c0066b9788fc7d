import SystemPackage

/// A file that is read piece by piece with pread(2): nothing of it stays in memory, however large it
/// is, and a file that another process cuts short is an error and no signal.
package final class RandomAccessFile: Sendable {
  package let path: String
  /// The size in bytes when the file was opened.
  package let count: Int
  private let descriptor: FileDescriptor

  /// - Throws: `InputError` when the path is not a readable regular file.
  package init(path: String) throws {
    (descriptor, count) = try FileDescriptor.openRegularFile(path)
    self.path = path
  }

  deinit { try? descriptor.close() }

  /// Reads elements of a type without padding.
  ///
  /// - Parameter offset: of the first element, in bytes; the range must lie inside `count`.
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
      let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[done...].prefix(1 << 26))
      let read = try InputError.translating(path) {
        try descriptor.read(fromAbsoluteOffset: Int64(offset + done), into: piece)
      }
      guard read > 0 else {
        throw InputError(
          file: path, found: "an end at byte \(offset + done)", expected: "\(count) bytes")
      }
      done += read
    }
  }
}
