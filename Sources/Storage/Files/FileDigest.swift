import Crypto
import Glibc

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
  package init(ofFile path: String, progress: (Int) -> Void = { _ in }) throws {
    let (descriptor, _) = try MappedFile.open(path)
    defer { close(descriptor) }
    var hash = SHA256()
    var bytes = 0
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw InputError.unreadable(path, systemMessage()) }
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
    text.utf8.count == 64
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}

extension FileDigest {
  /// The 32 bytes that the digits stand for.
  package var bytesOfSHA256: [UInt8] {
    let digits = sha256.utf8.map { $0 < 0x40 ? $0 - 0x30 : $0 - 0x61 + 10 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}

extension Sequence<UInt8> {
  package var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
