import CleaveKernels
import CleaveStorage

/// Random values and blocks for kernels, the same on every run.
struct Random {
  private var generator: SplitMix64

  init(_ seed: Int) { generator = SplitMix64(seed: UInt64(truncatingIfNeeded: seed)) }

  mutating func next() -> UInt64 { generator.next() }

  /// A number uniform in -1 ..< 1.
  mutating func float() -> Float {
    Float(Int(next() >> 40) - (1 << 23)) / Float(1 << 23)
  }

  mutating func floats(_ count: Int, scale: Float = 1) -> [Float] {
    (0..<count).map { _ in float() * scale }
  }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(next() & 255) } }

  /// Blocks with random codes and 16-bit scales of ordinary size.
  mutating func blocks(_ type: BlockType, elements: Int) -> [UInt8] {
    let count = elements / type.elements
    if type.name == "F32" {
      return floats(elements).flatMap { value in withUnsafeBytes(of: value) { Array($0) } }
    }
    var blocks = bytes(count * type.bytes)
    type.setScales(of: &blocks) {
      let value = float()
      return type.name == "BF16"
        ? UInt16(value.bitPattern >> 16) : Float16(value * 0.05).bitPattern
    }
    return blocks
  }

  mutating func matrix(_ type: BlockType, rows: Int, k: Int) -> Matrix {
    Matrix(type: type, rows: rows, bytes: blocks(type, elements: rows * k))
  }
}
