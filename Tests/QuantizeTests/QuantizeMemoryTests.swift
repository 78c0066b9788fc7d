import CleaveQuantize
import CleaveRuntime
import CleaveStorage
import Synchronization
import TestSupport
import Testing

/// Memory does not grow with the tensor. Measured in a process of its own, without the memory of
/// other tests.
@Suite struct QuantizeMemoryTests {
  @Test func aLargeTensorGoesThroughInSlabs() async {
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      // 1 GB of zeros that takes no space on disk.
      let shape = [131072, 2048]
      let size = 4 * shape.reduce(1, *)
      let path = try scratch.write([0], to: "zeros")
      try Sparse.extend(path, to: size)
      let tensor = try Tensor(
        name: "large", type: .f32, shape: shape, file: MappedFile(path: path), range: 0..<size)
      let before = try anonymousMemory()
      let peak = Atomic(0)
      let source = TensorQuantization(
        tensor: tensor, type: .q8_0, effort: .plain, importance: nil,
        threads: try ThreadPool(threads: 2)
      ).source { _ in peak.max((try? anonymousMemory()) ?? .max, ordering: .relaxed) }
      let (records, _) = try SafetensorsFile.write([source], to: scratch("out"))
      precondition(records[0].byteCount! > 250_000_000, "too small to say anything")
      let growth = peak.load(ordering: .relaxed) - before
      precondition(growth < 100_000_000, "\(growth) bytes more")
    }
  }
}

/// The anonymous resident memory (RssAnon) of this process in bytes.
private func anonymousMemory() throws -> Int {
  let status = String(decoding: try readPipe("/proc/self/status"), as: UTF8.self)
  let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
  let number = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
  guard let kilobytes = number.flatMap({ Int($0) }) else {
    throw FileUnreadable(path: "/proc/self/status")
  }
  return kilobytes * 1024
}
