import CleaveStorage
import Glibc

/// Lines to whoever drives this process.
enum Channel {
  /// A line on standard output, at once: it is a pipe, which would be buffered.
  ///
  /// - Throws: `OutputError` when nobody reads any more.
  static func reply(_ line: String) throws {
    print(line)
    guard fflush(nil) == 0 else {
      throw OutputError(path: "standard output", reason: String(cString: strerror(errno)))
    }
  }

  /// A line on standard error. Nothing can be done about one that nobody takes.
  static func note(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(2, bytes, bytes.count)
  }
}
