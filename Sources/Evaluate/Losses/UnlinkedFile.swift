import CleaveStorage
import Glibc

/// A temporary file without a name: it is gone when nobody has it open, however that comes about.
final class UnlinkedFile {
  private let file: UnsafeMutablePointer<FILE>
  private let directory: String

  /// In TMPDIR, else in /tmp.
  init() throws {
    let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(directory)/cleave-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw Self.failure(directory) }
    unlink(template)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    guard let file = fdopen(descriptor, "w+") else {
      close(descriptor)
      throw Self.failure(directory)
    }
    self.file = file
    self.directory = directory
  }

  deinit { fclose(file) }

  func write(_ text: String) throws {
    guard fputs(text, file) >= 0 else { throw Self.failure(directory) }
  }

  /// Everything written, to be read from its start by whoever gets the descriptor.
  func rewound() throws -> Int32 {
    guard fflush(file) == 0, lseek(fileno(file), 0, SEEK_SET) == 0 else {
      throw Self.failure(directory)
    }
    return fileno(file)
  }

  private static func failure(_ directory: String) -> OutputError {
    OutputError(path: "\(directory)/cleave-XXXXXX", reason: String(cString: strerror(errno)))
  }
}
