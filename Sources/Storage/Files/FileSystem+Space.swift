import Glibc

extension FileSystem {
  /// The bytes that may still be written to the file system of a path; nil where it does not tell.
  package static func freeBytes(at path: String) -> Int? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(
      by: UInt64(status.f_frsize))
    return overflow ? .max : Int(clamping: bytes)
  }

  /// Refuses work that needs more disk than there is.
  ///
  /// - Parameter path: a directory of the file system that is written to.
  /// - Throws: `OutputError` where fewer bytes are free.
  package static func requireSpace(_ bytes: Int, at path: String) throws {
    guard let free = freeBytes(at: path), free < bytes else { return }
    throw OutputError(path: path, reason: "it needs \(bytes) bytes, and \(free) are free")
  }
}
