import Crypto
import SystemPackage

/// A file's size and SHA-256 (64 lower-case hexadecimal digits).
package struct FileDigest: Equatable, Hashable, Sendable {
  package let bytes: Int
  package let sha256: String

  package init(bytes: Int, sha256: String) {
    self.bytes = bytes
    self.sha256 = sha256
  }

  /// Reads the file once, in pieces, without mapping it.
  ///
  /// - Parameter progress: called with the bytes of each piece read.
  /// - Throws: `InputError` when the path is not a readable regular file.
  package init(ofFile path: String, progress: (Int) -> Void = { _ in }) throws {
    let (descriptor, _) = try FileDescriptor.openRegularFile(path)
    defer { try? descriptor.close() }
    var hash = SHA256()
    var bytes = 0
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = try InputError.translating(path) {
        try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
      }
      if count == 0 { break }
      buffer.withUnsafeBytes { hash.update(bufferPointer: .init(rebasing: $0.prefix(count))) }
      bytes += count
      progress(count)
    }
    self.init(bytes: bytes, sha256: hash.finalize().hexadecimal)
  }

  package init(of bytes: [UInt8]) {
    self.init(bytes: bytes.count, sha256: SHA256.hash(data: bytes).hexadecimal)
  }

  /// Whether the text could be a SHA-256 as this tool writes it.
  package static func isSHA256(_ text: String) -> Bool {
    text.utf8.count == 64 && text.isHexadecimal
  }

  /// The 32 bytes that the digits stand for.
  package var bytesOfSHA256: [UInt8] { [UInt8](hexadecimal: sha256) }
}
