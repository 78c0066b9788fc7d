import CleaveStorage
import Glibc
import SystemPackage

/// A temporary file without a name: it is gone when nobody has it open, however that comes about.
final class UnlinkedFile {
  private let descriptor: FileDescriptor
  private let shown: String

  /// Makes the file in TMPDIR, else in /tmp.
  ///
  /// - Throws: `OutputError`.
  init() throws {
    let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    shown = "\(directory)/cleave-XXXXXX"
    var template = Array(shown.utf8CString)
    let raw = mkstemp(&template)
    guard raw >= 0, fcntl(raw, F_SETFD, FD_CLOEXEC) == 0 else {
      throw OutputError(path: shown, reason: systemMessage())
    }
    descriptor = FileDescriptor(rawValue: raw)
    unlink(template)
  }

  deinit { try? descriptor.close() }

  /// - Throws: `OutputError`, as when the disk is full.
  func write(_ text: String) throws {
    try OutputError.translating(shown) { _ = try descriptor.writeAll(text.utf8) }
  }

  /// The descriptor, from whose start everything written can be read.
  func rewound() throws -> FileDescriptor {
    try OutputError.translating(shown) { _ = try descriptor.seek(offset: 0, from: .start) }
    return descriptor
  }
}
