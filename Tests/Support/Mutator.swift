import CleaveStorage

/// Small damages to a valid file.
package struct Mutator {
  private var random: SplitMix64

  package init(seed: UInt64) { random = SplitMix64(seed: seed) }

  private static let extremes: [UInt64] = [
    0, 1, 127, 255, 1 << 16, 1 << 31, 0xFFFF_FFFF, 1 << 32, 1 << 40, 1 << 62,
    0x7FFF_FFFF_FFFF_FFE0, 0x7FFF_FFFF_FFFF_FFFF, 1 << 63, 0xFFFF_FFFF_FFFF_FFFF,
  ]

  /// One or two damages inside the first `limit` bytes; a cut may fall anywhere.
  package mutating func mutate(_ bytes: [UInt8], limit: Int = .max) -> [UInt8] {
    var mutated = bytes
    for _ in 0..<Int.random(in: 1...2, using: &random) where !mutated.isEmpty {
      damage(&mutated, within: 0..<min(limit, mutated.count))
    }
    return mutated
  }

  private mutating func damage(_ bytes: inout [UInt8], within range: Range<Int>) {
    let at = Int.random(in: range, using: &random)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[at] = UInt8.random(in: 0...255, using: &random)
    case 2: bytes.removeLast(bytes.count - Int.random(in: 0..<bytes.count, using: &random))
    case 3: overwrite(&bytes, at: at, width: 8)
    case 4: overwrite(&bytes, at: at, width: 4)
    case 5: bytes.removeSubrange(at..<min(at + 8, bytes.count))
    default: bytes.insert(contentsOf: bytes[at..<min(at + 24, bytes.count)], at: at)
    }
  }

  private mutating func overwrite(_ bytes: inout [UInt8], at start: Int, width: Int) {
    let value = Self.extremes.randomElement(using: &random) ?? 0
    for byte in 0..<min(width, bytes.count - start) {
      bytes[start + byte] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(byte)))
    }
  }

  /// Damages a text: a run of digits becomes an extreme number, else bytes are damaged.
  package mutating func mutate(text bytes: [UInt8]) -> [UInt8] {
    guard Bool.random(using: &random) else { return mutate(bytes) }
    let numbers = [
      "0", "-1", "9223372036854775807", "-9223372036854775808", "1e308", "1e999", "[]",
      "18446744073709551616", "4294967296", "0.5", "null", "\"\\ud800\"", "{}",
    ]
    let start = Int.random(in: 0..<bytes.count, using: &random)
    let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
    guard let first = bytes[start...].firstIndex(where: isDigit) else { return mutate(bytes) }
    let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.count
    let number = Array((numbers.randomElement(using: &random) ?? "0").utf8)
    return bytes[..<first] + number + bytes[end...]
  }
}
