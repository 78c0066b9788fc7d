import CleaveKernels
import Testing

extension Kernels {
  /// Neither the batch nor the number of threads shows in the bits.
  @Suite struct Invariance {
    static let types = BlockType.all.filter {
      ["F32", "F16", "Q4_1", "Q8_0", "Q6_K"].contains($0.name)
    }

    @Test(arguments: types) func columnsDoNotSeeOneAnother(type: BlockType) {
      let rows = 37, k = 768, columns = 33
      var random = Random(rows)
      let weights = random.blocks(type, elements: rows * k), x = random.floats(columns * k)
      for variant in ["scalar"] + variants {
        under(variant) {
          let all = matmul(type, weights, rows: rows, k: k, x, columns: columns)
          for column in 0..<columns {
            let own = Array(x[column * k..<(column + 1) * k])
            let alone = matmul(type, weights, rows: rows, k: k, own, columns: 1)
            let within = Array(all[column * rows..<(column + 1) * rows])
            #expect(firstDifference(alone, within) == nil, "\(variant) column \(column)")
          }
        }
      }
    }

    @Test(arguments: types) func rowsDoNotSeeOneAnother(type: BlockType) {
      let rows = 37, k = 256
      var random = Random(rows)
      let weights = random.blocks(type, elements: rows * k), x = random.floats(k)
      let all = matmul(type, weights, rows: rows, k: k, x, columns: 1)
      let bytes = weights.count / rows
      for row in 0..<rows {
        let own = Array(weights[row * bytes..<(row + 1) * bytes])
        let alone = matmul(type, own, rows: 1, k: k, x, columns: 1)
        #expect(firstDifference(alone, [all[row]]) == nil, "row \(row)")
      }
    }

    @Test(arguments: types) func threadsDoNotShow(type: BlockType) {
      let rows = 203, k = 512
      var random = Random(rows)
      let weights = random.blocks(type, elements: rows * k), x = random.floats(9 * k)
      for columns in [1, 9] {
        let expected = matmul(type, weights, rows: rows, k: k, x, columns: columns)
        for threads in [1, 2, 3, 5] {
          let y = withPool(threads) {
            matmul(type, weights, rows: rows, k: k, x, columns: columns, pool: $0)
          }
          #expect(firstDifference(y, expected) == nil, "\(threads) threads, \(columns) columns")
        }
      }
    }

    @Test func strides() {
      let rows = 6, k = 20, columns = 5, ldx = 23, ldy = 11
      var random = Random(5)
      let type = BlockType.all[0]
      let weights = random.blocks(type, elements: rows * k), x = random.floats(columns * ldx)
      var y = [Float](repeating: 7, count: columns * ldy)
      // Off by one byte, the weights cannot be used in place.
      ([0] + weights).withUnsafeBytes {
        ck_matmul(nil, type.id, $0.baseAddress! + 1, rows, k, x, ldx, columns, &y, ldy)
      }
      for column in 0..<columns {
        let own = Array(x[column * ldx..<column * ldx + k])
        let alone = matmul(type, weights, rows: rows, k: k, own, columns: 1)
        let out = Array(y[column * ldy..<(column + 1) * ldy])
        #expect(firstDifference(Array(out[..<rows]), alone) == nil)
        #expect(out[rows...].allSatisfy { $0 == 7 })
      }
    }

    @Test(arguments: [0, 5, 100]) func queriesDoNotSeeOneAnother(first: Int) {
      let input = AttentionInput(queries: 7, first: first, heads: 9, kvHeads: 3, headDim: 64)
      for variant in ["scalar"] + variants {
        under(variant) {
          let alone = (0..<7).flatMap { input.run($0..<$0 + 1) }
          for threads in [1, 2, 3, 5] {
            let together = withPool(threads) { input.run(pool: $0) }
            #expect(firstDifference(together, alone) == nil, "\(variant), \(threads) threads")
          }
        }
      }
    }
  }
}
