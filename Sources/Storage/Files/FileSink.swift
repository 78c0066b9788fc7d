import Crypto
import Glibc

/// A new file written from front to back, counted and hashed on the way: no artifact is read again
/// to learn its hash.
package struct FileSink: ~Copyable {
  package let path: String
  private let descriptor: Int32
  private var hash = SHA256()
  package private(set) var count = 0

  /// - Throws: `OutputError` when the file exists or cannot be made.
  package init(creating path: String) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw OutputError(path: path, reason: systemMessage()) }
  }

  deinit { close(descriptor) }

  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      // One call at a time stays far below the kernel's limit of 2 GiB.
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 26))
      let written = Glibc.write(descriptor, piece.baseAddress, piece.count)
      guard written > 0 else {
        if written < 0, errno == EINTR { continue }
        throw OutputError(path: path, reason: systemMessage())
      }
      hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: piece.prefix(written)))
      count += written
      rest = rest.dropFirst(written)
    }
  }

  package mutating func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  /// Flushes to the disk.
  ///
  /// - Parameter isSealed: makes the file read-only: stages share an artifact's files by hard links.
  package consuming func finish(isSealed: Bool = true) throws -> FileDigest {
    guard !isSealed || fchmod(descriptor, 0o444) == 0, fsync(descriptor) == 0 else {
      throw OutputError(path: path, reason: systemMessage())
    }
    return FileDigest(bytes: count, sha256: hash.finalize().hexadecimal)
  }
}
