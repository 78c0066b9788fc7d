import CleaveKernels

/// Deterministic pseudo-random numbers (SplitMix64).
struct Random {
  private var state: UInt64

  init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in -1 ..< 1.
  mutating func float() -> Float {
    Float(Int(next() >> 40) - (1 << 23)) / Float(1 << 23)
  }

  mutating func floats(_ count: Int, scale: Float = 1) -> [Float] {
    (0..<count).map { _ in float() * scale }
  }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(next() & 255) } }

  /// Blocks whose 16-bit scales are of everyday size, and random quants.
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
