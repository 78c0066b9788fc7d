import Glibc

/// A file that only grows: a log that a kill may tear at its end. One process at a time writes to it.
package final class AppendOnlyFile {
  private let path: String
  private let descriptor: Int32

  /// Makes it when it is not there. What is in it may be read from now on: nobody else writes.
  ///
  /// - Throws: `OutputError` when it cannot be written, or when another process writes to it.
  package init(_ path: String) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw OutputError(path: path, reason: systemMessage()) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno == EWOULDBLOCK ? "another process writes to it" : systemMessage()
      throw OutputError(path: path, reason: reason)
    }
  }

  /// Cuts off what lies behind so many bytes.
  package func keep(_ count: Int) throws {
    guard ftruncate(descriptor, off_t(count)) == 0 else {
      throw OutputError(path: path, reason: systemMessage())
    }
  }

  deinit { close(descriptor) }

  package func append(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else {
        if written < 0, errno == EINTR { continue }
        throw OutputError(path: path, reason: systemMessage())
      }
      rest = rest.dropFirst(written)
    }
  }
}
