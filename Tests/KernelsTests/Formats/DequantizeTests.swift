import CleaveKernels
import TestSupport
import Testing

extension Kernels {
  /// ck_dequantize, against values that tools/golden/dequantize.py made with the `gguf` package.
  @Suite struct Dequantize {
    static let golden = BlockType.all.filter { $0.name != "F32" }

    @Test(arguments: golden) func asGGUFDoes(type: BlockType) throws {
      let blocks = try Golden.bytes("dequantize/\(type.name).blocks")
      let expected = try Golden.bytes("dequantize/\(type.name).f32").withUnsafeBytes {
        Array($0.bindMemory(to: Float.self))
      }
      #expect(blocks.count / type.bytes * type.elements == expected.count)
      for variant in ["scalar"] + variants {
        let out = under(variant) { dequantized(type, blocks, elements: expected.count) }
        #expect(firstDifference(out, expected) == nil, "\(variant)")
      }
    }

    @Test(arguments: golden) func atAnyAddress(type: BlockType) {
      var random = Random(1)
      let elements = type.elements * 3
      let blocks = random.blocks(type, elements: elements)
      var shifted = [Float](repeating: 0, count: elements)
      ([0, 0, 0] + blocks).withUnsafeBytes {
        ck_dequantize(type.id, $0.baseAddress! + 3, &shifted, elements)
      }
      #expect(firstDifference(shifted, dequantized(type, blocks, elements: elements)) == nil)
    }

    @Test func unknownTypesHaveNoBlocks() {
      #expect(ck_block_elements(ck_type(rawValue: 99)) == 0)
      #expect(ck_block_bytes(ck_type(rawValue: 99)) == 0)
    }
  }
}
