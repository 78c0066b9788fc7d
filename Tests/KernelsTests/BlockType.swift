import CleaveKernels
import Testing

/// A weight format as the tests need it: where the float16 scales stand in a block.
struct BlockType: Sendable, CustomTestStringConvertible {
  let name: String
  let id: ck_type
  let scales: [Int]
  var testDescription: String { name }
  var elements: Int { ck_block_elements(id) }
  var bytes: Int { ck_block_bytes(id) }

  static let all = [
    BlockType(name: "F32", id: CK_F32, scales: []),
    BlockType(name: "F16", id: CK_F16, scales: [0]),
    BlockType(name: "BF16", id: CK_BF16, scales: [0]),
    BlockType(name: "Q4_0", id: CK_Q4_0, scales: [0]),
    BlockType(name: "Q4_1", id: CK_Q4_1, scales: [0, 2]),
    BlockType(name: "Q5_0", id: CK_Q5_0, scales: [0]),
    BlockType(name: "Q5_1", id: CK_Q5_1, scales: [0, 2]),
    BlockType(name: "Q8_0", id: CK_Q8_0, scales: [0]),
    BlockType(name: "Q2_K", id: CK_Q2_K, scales: [80, 82]),
    BlockType(name: "Q3_K", id: CK_Q3_K, scales: [108]),
    BlockType(name: "Q4_K", id: CK_Q4_K, scales: [0, 2]),
    BlockType(name: "Q5_K", id: CK_Q5_K, scales: [0, 2]),
    BlockType(name: "Q6_K", id: CK_Q6_K, scales: [208]),
  ]

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
