import CleaveKernels
import Testing

/// A weight format as the tests need it, from the kernels' table of formats.
struct BlockType: Sendable, CustomTestStringConvertible {
  let name: String
  let id: ck_type
  /// The offsets of the float16 (or BF16) numbers in a block.
  let scales: [Int]
  var testDescription: String { name }
  var elements: Int { ck_block_elements(id) }
  var bytes: Int { ck_block_bytes(id) }

  init(_ row: ck_format) {
    name = String(cString: row.name)
    id = row.type
    switch name {
    case "F32": scales = []
    case "F16", "BF16": scales = [0]
    default: scales = [Int(row.scale_at)] + (row.offset_at > 0 ? [Int(row.offset_at)] : [])
    }
  }

  static let all = (0..<ck_format_count()).map { BlockType(ck_format_at($0)!.pointee) }

  static func named(_ name: String) -> BlockType { all.first { $0.name == name }! }

  /// Replaces the float16 scales of all blocks by the bits `next` gives.
  func setScales(of blocks: inout [UInt8], _ next: () -> UInt16) {
    for block in 0..<blocks.count / bytes {
      for offset in scales {
        let bits = next()
        blocks[block * bytes + offset] = UInt8(bits & 255)
        blocks[block * bytes + offset + 1] = UInt8(bits >> 8)
      }
    }
  }
}
