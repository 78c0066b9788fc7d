import Glibc
import SystemPackage

/// A file that only grows: a log whose end a kill may tear. One process at a time writes to it.
package final class AppendOnlyFile {
  private let path: String
  private let descriptor: FileDescriptor

  /// Makes the file when it is not there. Its contents may be read from now on: nobody else writes.
  ///
  /// - Throws: `OutputError` when it cannot be written, or when another process writes to it.
  package init(_ path: String) throws {
    self.path = path
    descriptor = try OutputError.translating(path) {
      try FileDescriptor.open(
        path, .writeOnly, options: [.create, .append, .closeOnExec, .noFollow],
        permissions: FilePermissions(rawValue: 0o644))
    }
    do { try descriptor.lockExclusively() } catch let error as Errno {
      // A class whose properties are all set closes the descriptor in its deinit.
      throw error == .wouldBlock
        ? OutputError(path: path, reason: "another process writes to it")
        : OutputError(path: path, error)
    }
  }

  deinit { try? descriptor.close() }

  /// Cuts off everything after the first `count` bytes.
  package func keep(_ count: Int) throws {
    try OutputError.translating(path) { try descriptor.resize(to: Int64(count)) }
  }

  /// - Throws: `OutputError`; some of the bytes may have been written then.
  package func append(_ bytes: [UInt8]) throws {
    try OutputError.translating(path) {
      try bytes.withUnsafeBytes { try descriptor.writePieces($0) }
    }
  }
}
