import Crypto
import Glibc
import SystemPackage

/// A new file written from front to back, counted and hashed on the way: no artifact is read again
/// to learn its hash.
package struct FileSink: ~Copyable {
  private let path: String
  private let descriptor: FileDescriptor
  private var hash = SHA256()
  /// Bytes written so far.
  package private(set) var count = 0
  /// Bytes that the disk has been told to write.
  private var begun = 0

  /// The disk is told of so many bytes at a time. The kernel would let gigabytes gather before the disk has anything to do,
  /// and the flush at the end would wait for them.
  private static let writebackBytes = 8 << 20

  /// - Throws: `OutputError` when the file exists or cannot be made.
  package init(creating path: String) throws {
    self.path = path
    descriptor = try OutputError.translating(path) {
      try FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: FilePermissions(rawValue: 0o644))
    }
  }

  deinit { try? descriptor.close() }

  /// - Throws: `OutputError`, as when the disk is full.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    let descriptor = descriptor
    do {
      try descriptor.writePieces(bytes) {
        hash.update(bufferPointer: $0)
        count += $0.count
        if count - begun >= Self.writebackBytes {
          descriptor.startWriteback(begun..<count)
          begun = count
        }
      }
    } catch let error as Errno {
      throw OutputError(path: path, error)
    }
  }

  package mutating func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  /// Flushes the file to the disk.
  ///
  /// - Parameter isSealed: makes the file read-only: stages share an artifact's files by hard links.
  /// - Returns: the size and SHA-256 of what was written.
  /// - Throws: `OutputError` when flushing fails.
  package consuming func finish(isSealed: Bool = true) throws -> FileDigest {
    let (descriptor, path) = (descriptor, path)
    try OutputError.translating(path) {
      guard !isSealed || fchmod(descriptor.rawValue, 0o444) == 0 else {
        throw Errno(rawValue: errno)
      }
      try descriptor.synchronize()
    }
    return FileDigest(bytes: count, sha256: hash.finalize().hexadecimal)
  }
}
