import CleaveStorage
import Glibc

/// Text to a file descriptor at once, past every buffer: tokens appear as they come, and messages do
/// not overtake output.
enum Terminal {
  /// A line on standard output.
  ///
  /// - Throws: `OutputError`: a result that could not be written was not given.
  static func print(_ text: String) throws { try write(text + "\n") }

  /// Text on standard output, as it stands.
  static func write(_ text: String) throws {
    guard send(text, to: STDOUT_FILENO) else {
      throw OutputError(path: "standard output", reason: String(cString: strerror(errno)))
    }
  }

  /// Text on standard error. When nobody is there, nobody can be told.
  static func writeError(_ text: String) { _ = send(text, to: STDERR_FILENO) }

  private static func send(_ text: String, to descriptor: Int32) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return false }
      rest = rest.dropFirst(written)
    }
    return true
  }
}

func printError(_ text: String) { Terminal.writeError(text + "\n") }
