import Glibc

/// Files that a target's reader opens by their paths, and that are gone when it returns.
enum FuzzFiles {
  private struct CannotWrite: Error {
    let path: String
  }

  /// The directory of temporary files: a fuzzer runs faster where that is memory.
  private static let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"

  /// Calls `body` with the path of a file of these bytes.
  static func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result
  {
    try withDirectory(["file": bytes]) { try body("\($0)/file") }
  }

  /// Calls `body` with the path of a directory of such files, in which it may make others.
  ///
  /// - Parameter files: their contents by their names.
  static func withDirectory<Result>(
    _ files: [String: [UInt8]], _ body: (String) throws -> Result
  ) throws -> Result {
    var template = Array("\(parent)/cleave-fuzz-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw CannotWrite(path: parent) }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { remove(path) }
    for (name, bytes) in files { try write(bytes, to: "\(path)/\(name)") }
    return try body(path)
  }

  private static func write(_ bytes: [UInt8], to path: String) throws {
    guard let file = fopen(path, "wb") else { throw CannotWrite(path: path) }
    let written = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, written == bytes.count else { throw CannotWrite(path: path) }
  }

  /// Removes a directory of files.
  private static func remove(_ path: String) {
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { unlink("\(path)/\(name)") }
      }
      closedir(directory)
    }
    rmdir(path)
  }
}
