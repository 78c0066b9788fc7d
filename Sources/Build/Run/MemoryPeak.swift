import CleaveStorage
import Glibc

/// The most memory that this process takes from here on, mapped files included, as the system counts it.
struct MemoryPeak {
  private let isReset: Bool

  /// Begins to count anew, where the system can.
  init() {
    let file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else {
      isReset = false
      return
    }
    isReset = write(file, "5", 1) == 1
    close(file)
  }

  /// - Returns: nil where the system does not tell, or tells only of the whole process.
  func bytes() -> Int? {
    guard isReset, let status = Self.text("/proc/self/status") else { return nil }
    for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
      return line.split(whereSeparator: \.isWhitespace).dropFirst().first
        .flatMap { Int($0) }.map { $0 * 1024 }
    }
    return nil
  }

  /// The text of a file whose size the system does not know.
  private static func text(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    let count = read(file, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }
}
