import CleaveSystem
import Dispatch
import Glibc
import Synchronization

/// The most memory that this process takes from here on: with mapped files as the system counts it, and without them
/// in samples of every 20 milliseconds.
final class MemoryPeak {
  private let isReset: Bool
  private let timer: any DispatchSourceTimer
  private let samples = MemorySamples()

  /// Begins to count anew, where the system can. What earlier stages freed is given back, or it would count here.
  init() {
    cleave_release_free_memory()
    let file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    isReset = file >= 0 && write(file, "5", 1) == 1
    if file >= 0 { close(file) }
    timer = DispatchSource.makeTimerSource(queue: .global())
    timer.schedule(deadline: .now(), repeating: .milliseconds(20), leeway: .milliseconds(5))
    timer.setEventHandler { [samples] in samples.take() }
    timer.resume()
  }

  deinit { timer.cancel() }

  /// Bytes with mapped files; nil where the system does not tell, or tells only of the whole process.
  func bytes() -> Int? { isReset ? ProcessMemory.value(of: "VmHWM") : nil }

  /// Bytes beyond mapped files; nil where the system does not tell.
  func anonymousBytes() -> Int? {
    samples.take()
    return samples.most > 0 ? samples.most : nil
  }
}

/// Samples of this process's memory beyond mapped files.
private final class MemorySamples: Sendable {
  private let largest = Mutex(0)

  var most: Int { largest.withLock { $0 } }

  func take() {
    guard let now = ProcessMemory.value(of: "RssAnon") else { return }
    largest.withLock { $0 = max($0, now) }
  }
}

/// What the system says of this process's memory.
enum ProcessMemory {
  /// What the process has before a stage runs: bytes beyond mapped files, and of mapped files, most of them its own code.
  static func base() -> (anonymous: Int, mapped: Int) {
    cleave_release_free_memory()
    return (value(of: "RssAnon") ?? 0, value(of: "RssFile") ?? 0)
  }

  /// The bytes of a line of /proc/self/status, as `RssAnon`; nil where there is none.
  static func value(of name: String) -> Int? {
    guard let status = text("/proc/self/status") else { return nil }
    for line in status.split(separator: "\n") where line.hasPrefix("\(name):") {
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
