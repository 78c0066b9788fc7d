import CleaveSystem
import Glibc
import SystemPackage

/// What the system says of the machine that this runs on.
package enum Machine {
  /// Processors that this process may use.
  package static var processors: Int { Int(cleave_usable_processors()) }

  /// The host's name.
  static var name: String { text("/proc/sys/kernel/hostname").flatMap(firstLine) ?? "this machine" }

  /// The model of the processor.
  static var processor: String {
    let line = text("/proc/cpuinfo")?.split(separator: "\n").first { $0.hasPrefix("model name") }
    let model = line?.split(separator: ":").last.flatMap { firstLine(String($0)) }
    return "\(model ?? "processor"), \(processors) usable"
  }

  /// Memory that is free to use now: what the system says, or what the control group leaves, the smaller one.
  package static var memoryBytes: Int {
    let line = text("/proc/meminfo")?.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 1
    let group = "/sys/fs/cgroup/memory"
    guard let most = number("\(group).max") else { return kilobytes * 1024 }
    return max(1, min(kilobytes * 1024, most - (number("\(group).current") ?? 0)))
  }

  /// Bytes of the largest cache.
  static var cacheBytes: Int {
    let sizes = (0..<8).compactMap { index -> Int? in
      let path = "/sys/devices/system/cpu/cpu0/cache/index\(index)/size"
      guard let size = text(path).flatMap(firstLine), size.hasSuffix("K") else { return nil }
      return Int(size.dropLast()).map { $0 * 1024 }
    }
    return sizes.max() ?? 32 << 20
  }

  /// Energy that the processor packages have used, in microjoules; nil where the system does not tell.
  static var energyMicrojoules: Double? {
    let readings = (0..<8).compactMap { number("/sys/class/powercap/intel-rapl:\($0)/energy_uj") }
    return readings.isEmpty ? nil : readings.reduce(0) { $0 + Double($1) }
  }

  private static func number(_ path: String) -> Int? {
    text(path).flatMap(firstLine).flatMap { Int($0) }
  }

  private static func firstLine(_ text: String) -> String? {
    guard let line = text.split(separator: "\n").first else { return nil }
    let words = line.split(separator: " ")
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  /// The contents of a file of the system, whose size is not known before it is read.
  private static func text(_ path: String) -> String? {
    guard let file = try? FileDescriptor.open(path, .readOnly) else { return nil }
    defer { try? file.close() }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while bytes.count < 1 << 20 {
      let count = (try? buffer.withUnsafeMutableBytes { try file.read(into: $0) }) ?? 0
      guard count > 0 else { break }
      bytes += buffer.prefix(count)
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }
}
