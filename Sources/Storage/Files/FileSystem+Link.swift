import Glibc

extension FileSystem {
  /// Puts a file at a new path: a hard link, or a copy where the file system cannot link.
  package static func link(_ source: String, to path: String) throws {
    guard Glibc.link(source, path) != 0 else { return }
    guard [EXDEV, EPERM, EMLINK, ENOTSUP].contains(errno) else {
      throw OutputError(path: path, reason: systemMessage())
    }
    let file = try MappedFile(path: source)
    var sink = try FileSink(creating: path)
    try file.withBytes(0..<file.count) { try sink.write($0) }
    _ = try sink.finish()
  }
}
