import CleaveKernels
import CleaveStorage
import Testing

extension Kernels {
  /// The table of formats in CleaveFormats.h.
  @Suite struct FormatTable {
    static var rows: [ck_format] { (0..<ck_format_count()).map { ck_format_at($0)!.pointee } }

    /// TensorType repeats four columns of the table, for modules that do not depend on the kernels.
    @Test func tensorTypesHaveTheSameFacts() throws {
      #expect(Self.rows.count == TensorType.allCases.count)
      for row in Self.rows {
        let type = try #require(TensorType(ggmlID: row.type.rawValue))
        #expect(type.rawValue == String(cString: row.name))
        #expect(type.blockElements == row.elements)
        #expect(type.blockBytes == row.bytes)
        #expect(type.isQuantized == (row.elements > 1))
        #expect(type.isWritten == (row.elements == 1 || row.highest_scale > 0))
      }
    }

    @Test func sizesAreThoseOfTheTable() {
      for row in Self.rows {
        #expect(ck_block_elements(row.type) == row.elements)
        #expect(ck_block_bytes(row.type) == row.bytes)
      }
    }

    /// The sub-groups, codes and offsets of a grid are those of the table.
    @Test(arguments: BlockType.written) func gridsHaveTheCodesOfTheTable(type: BlockType) {
      let row = Self.rows.first { $0.type == type.id }!
      var weights = [Float](repeating: 0, count: row.elements)
      for index in weights.indices { weights[index] = Float(index % 13) - 5 }
      var grid = ck_grid()
      let result = ck_choose_grid(type.id, weights, nil, CK_PLAIN, &grid)
      #expect(result.fault == CK_FAULT_NONE)
      #expect(Int(grid.subs) == row.elements / Int(row.group))
      #expect(grid.elements == row.group)
      #expect(grid.lowest == row.lowest && grid.highest == row.highest)
      #expect(withUnsafeBytes(of: grid.offset) { $0.contains { $0 != 0 } } || row.offset_at == 0)
    }
  }
}
