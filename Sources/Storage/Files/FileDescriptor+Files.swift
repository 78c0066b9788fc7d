import CleaveSystem
import Glibc
import SystemPackage

extension FileDescriptor {
  /// Opens a regular file to read it; the caller closes it.
  ///
  /// - Returns: the descriptor and the file's size in bytes.
  /// - Throws: `InputError` when the path is not a readable regular file.
  static func openRegularFile(_ path: String) throws -> (descriptor: FileDescriptor, size: Int) {
    try InputError.translating(path) {
      // Not blocking: a named pipe would wait for a writer that never comes.
      let descriptor = try open(
        path, .readOnly, options: [.closeOnExec, .nonBlocking, OpenOptions(rawValue: O_NOCTTY)])
      guard let status = try? Stat(descriptor), status.type == .regular else {
        try? descriptor.close()
        throw InputError.unreadable(path, "not a file")
      }
      return (descriptor, Int(status.size))
    }
  }

  /// Writes all of the bytes at the file's position, in pieces that `progress` finds in the processor's cache.
  ///
  /// - Parameter progress: called with each piece once it is written.
  /// - Throws: `Errno`.
  func writePieces(
    _ bytes: UnsafeRawBufferPointer, progress: (UnsafeRawBufferPointer) -> Void = { _ in }
  ) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 20))
      let written = try write(piece)
      progress(UnsafeRawBufferPointer(rebasing: piece.prefix(written)))
      rest = rest.dropFirst(written)
    }
  }

  /// Takes an exclusive lock without waiting.
  ///
  /// - Throws: `Errno`; `.wouldBlock` when another process holds it.
  func lockExclusively() throws {
    guard flock(rawValue, LOCK_EX | LOCK_NB) == 0 else { throw Errno(rawValue: errno) }
  }

  /// Lets the disk begin to write these bytes, and does not wait for it.
  func startWriteback(_ bytes: Range<Int>) {
    cleave_start_writeback(rawValue, bytes.lowerBound, bytes.count)
  }

  /// Flushes what was written to the disk.
  func synchronize() throws {
    guard fsync(rawValue) == 0 else { throw Errno(rawValue: errno) }
  }
}
