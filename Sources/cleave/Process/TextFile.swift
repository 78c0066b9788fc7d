import CleaveStorage
import Glibc

/// Text that a person hands over in a file.
enum TextFile {
  private static let limit = 1 << 26

  /// - Parameter path: "-" is standard input.
  static func read(_ path: String) throws -> String {
    let bytes = try path == "-" ? standardInput() : FileSystem.read(path, limit: limit)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw InputError(file: path, found: "bytes that are not UTF-8", expected: "UTF-8 text")
    }
    return text
  }

  private static func standardInput() throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0, bytes.count <= limit else {
        throw InputError(
          file: "standard input", found: count < 0 ? "a read error" : "more than \(limit) bytes",
          expected: "text of at most \(limit) bytes")
      }
      if count == 0 { return bytes }
      bytes += buffer.prefix(count)
    }
  }
}
