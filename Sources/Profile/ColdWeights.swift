import CleaveKernels
import CleaveRuntime
import CleaveStorage

/// Memory larger than the last cache, read as matrices of any type that follow one another, round and round: each
/// comes from memory, as the weights of a decode step do.
final class ColdWeights {
  private let file: MappedFile
  private var next = 0

  /// - Parameter bytes: the least to read before a matrix comes again.
  init(bytes: Int) throws {
    // Bytes whose float16, bfloat16 and float32 numbers are neither large nor subnormal.
    var random = SplitMix64(seed: 1)
    let pattern = (0..<1 << 16).map { _ in UInt8.random(in: 0x20..<0x3C, using: &random) }
    file = try MappedFile(inMemory: "weights", count: bytes) { target in
      for first in stride(from: 0, to: target.count, by: pattern.count) {
        let part = first..<min(first + pattern.count, target.count)
        UnsafeMutableRawBufferPointer(rebasing: target[part]).copyBytes(
          from: pattern[..<part.count])
      }
    }
  }

  /// Lets `body` read the next `count` bytes.
  func take(_ count: Int, _ body: (UnsafeRawPointer) -> Void) {
    precondition(count <= file.count)
    if next + count > file.count { next = 0 }
    file.withBytes(next..<next + count) { bytes in
      if let start = bytes.baseAddress { body(start) }
    }
    next += count
  }
}
