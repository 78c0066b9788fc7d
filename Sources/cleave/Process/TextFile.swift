import CleaveStorage
import SystemPackage

/// A text that a person gives in a file or on standard input.
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
      let count = try? buffer.withUnsafeMutableBytes {
        try FileDescriptor.standardInput.read(into: $0)
      }
      guard let count, bytes.count <= limit else {
        throw InputError(
          file: "standard input", found: count == nil ? "a read error" : "more than \(limit) bytes",
          expected: "text of at most \(limit) bytes")
      }
      if count == 0 { return bytes }
      bytes += buffer.prefix(count)
    }
  }
}
