import CleaveStorage
import Glibc

/// Lines to the program that drives this process.
enum Channel {
  /// Writes a line on standard output and flushes it, because a pipe would buffer it.
  ///
  /// - Throws: `OutputError` when the pipe is closed.
  static func reply(_ line: String) throws {
    print(line)
    guard fflush(nil) == 0 else {
      throw OutputError(path: "standard output", reason: String(cString: strerror(errno)))
    }
  }

  /// Writes a line on standard error; a failure is ignored.
  static func note(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(2, bytes, bytes.count)
  }
}
