import CleaveKernels
import Testing

/// A weight format as the tests need it, from the kernels' table of formats.
struct BlockType: Sendable, CustomTestStringConvertible {
  let name: String
  let id: ck_type
  /// Where the 16-bit scales (or BF16 numbers) of a block are.
  let scales: [BlockScale]
  /// Whether there is a quantizer for it.
  let isWritten: Bool
  var testDescription: String { name }
  var elements: Int { ck_block_elements(id) }
  var bytes: Int { ck_block_bytes(id) }

  init(_ row: ck_format) {
    name = String(cString: row.name)
    id = row.type
    isWritten = row.elements == 1 || row.highest_scale > 0
    scales = Self.scales(row, name)
  }

  private static func scales(_ row: ck_format, _ name: String) -> [BlockScale] {
    switch name {
    // A scale of NVFP4 is a byte, any of which is finite.
    case "F32", "NVFP4": []
    case "MXFP4": [.exponent(at: 0)]
    case "IQ1_M": [.nibbles(at: [49, 51, 53, 55])]
    case "TQ1_0": [.half(at: 52)]
    case "TQ2_0": [.half(at: 64)]
    // The upper half of a float32.
    case "Q8_K": [.half(at: 2)]
    default:
      [Int(row.scale_at)].map { .half(at: $0) }
        + (row.offset_at > 0 ? [.half(at: Int(row.offset_at))] : [])
    }
  }

  static let all = (0..<ck_format_count()).map { BlockType(ck_format_at($0)!.pointee) }

  static func named(_ name: String) -> BlockType { all.first { $0.name == name }! }

  /// Replaces the scales of all blocks by the float16 bits `next` gives.
  func setScales(of blocks: inout [UInt8], _ next: () -> UInt16) {
    for block in 0..<blocks.count / bytes {
      for scale in scales { scale.set(next(), in: &blocks, from: block * bytes) }
    }
  }
}

/// Where a block keeps one scale.
enum BlockScale {
  /// A float16 number at an offset.
  case half(at: Int)
  /// A float16 number in the high nibbles of four bytes, its lowest bits first.
  case nibbles(at: [Int])
  /// The exponent of a power of two, as large as that of the number.
  case exponent(at: Int)

  func set(_ bits: UInt16, in blocks: inout [UInt8], from start: Int) {
    switch self {
    case .half(let at):
      blocks[start + at] = UInt8(bits & 255)
      blocks[start + at + 1] = UInt8(bits >> 8)
    case .nibbles(let places):
      for (index, at) in places.enumerated() {
        let nibble = UInt8(bits >> (4 * UInt16(index)) & 15)
        blocks[start + at] = blocks[start + at] & 15 | nibble << 4
      }
    case .exponent(let at):
      blocks[start + at] = UInt8(112 + (bits >> 10 & 31))
    }
  }
}
