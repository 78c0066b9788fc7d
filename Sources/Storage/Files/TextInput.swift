import Synchronization
import SystemPackage

/// Texts that a person names: a file, or `-` for standard input.
package enum TextInput {
  /// The name of standard input.
  package static let standardInput = "-"
  private static let largest = 1 << 28
  /// Standard input, which can be read only once, for all who ask for it.
  private static let kept = Mutex<MappedFile?>(nil)

  /// The bytes of a file, or of standard input.
  package static func open(_ path: String) throws -> MappedFile {
    guard path == standardInput else { return try MappedFile(path: path) }
    return try kept.withLock { kept in
      if let kept { return kept }
      let bytes = try readStandardInput()
      let file = try MappedFile(inMemory: "standard input", count: bytes.count) {
        $0.copyBytes(from: bytes)
      }
      kept = file
      return file
    }
  }

  /// Whether there is such a file.
  package static func exists(_ path: String) -> Bool {
    path == standardInput || (FileSystem.exists(path) && !FileSystem.isDirectory(path))
  }

  package static func digest(of path: String) throws -> FileDigest {
    guard path == standardInput else { return try FileDigest(ofFile: path) }
    let file = try open(path)
    return file.withBytes(0..<file.count) { FileDigest(of: Array($0)) }
  }

  /// The text of a file: without a byte order mark, its lines ended as Unix does.
  ///
  /// - Throws: `InputError` for more than `limit` bytes, and for a text that is not UTF-8.
  package static func text(_ path: String, limit: Int) throws -> String {
    try text(of: try open(path), limit: limit)
  }

  /// The text of an open file.
  package static func text(of file: MappedFile, limit: Int) throws -> String {
    guard file.count <= limit else {
      throw InputError(
        file: file.path, found: "\(file.count) bytes", expected: "at most \(limit) bytes")
    }
    let start = try TextEncoding.start(of: file)
    return try file.withBytes(start..<file.count) { bytes in
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw TextEncoding.notUTF8(file.path)
      }
      guard bytes.contains(0x0D) else { return text }
      return text.replacing("\r\n", with: "\n")
    }
  }

  private static func readStandardInput() throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try InputError.translating("standard input") {
        try buffer.withUnsafeMutableBytes {
          try FileDescriptor.standardInput.read(into: $0)
        }
      }
      if count == 0 { return bytes }
      bytes += buffer.prefix(count)
      guard bytes.count <= largest else {
        throw InputError(
          file: "standard input", found: "more than \(largest) bytes",
          expected: "at most that many", advice: "Give a file instead.")
      }
    }
  }
}
