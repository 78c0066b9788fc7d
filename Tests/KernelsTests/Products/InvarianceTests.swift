import CleaveKernels
import Testing

extension Kernels {
  /// The bits do not depend on the batch or on the number of threads.
  @Suite struct Invariance {
    /// A product of floats, or of integers where the type has them.
    struct Arithmetic: Sendable, CustomTestStringConvertible {
      let type: BlockType
      let integers: Bool
      var testDescription: String { type.name + (integers ? " integers" : " floats") }
    }

    static let kinds =
      BlockType.all.filter { ["F32", "F16", "Q4_1", "Q8_0", "Q6_K"].contains($0.name) }
      .map { Arithmetic(type: $0, integers: false) }
      + BlockType.quantized.map { Arithmetic(type: $0, integers: true) }

    @Test(arguments: kinds) func columnsDoNotSeeOneAnother(_ kind: Arithmetic) {
      let (rows, k, columns) = (37, 768, 33)
      var random = Random(rows)
      let matrix = random.matrix(kind.type, rows: rows, k: k)
      let x = random.floats(columns * k)
      for variant in ["scalar"] + variants {
        under(variant) {
          let all = project([matrix], x, k: k, integers: kind.integers)
          for column in 0..<columns {
            let own = Array(x[column * k..<(column + 1) * k])
            let alone = project([matrix], own, k: k, integers: kind.integers)
            let within = Array(all[column * rows..<(column + 1) * rows])
            #expect(firstDifference(alone, within) == nil, "\(variant) column \(column)")
          }
        }
      }
    }

    @Test(arguments: kinds) func rowsDoNotSeeOneAnother(_ kind: Arithmetic) {
      let (rows, k) = (37, 256)
      var random = Random(rows)
      let matrix = random.matrix(kind.type, rows: rows, k: k)
      let x = random.floats(k)
      let all = project([matrix], x, k: k, integers: kind.integers)
      for row in 0..<rows {
        let alone = project([matrix.row(row)], x, k: k, integers: kind.integers)
        #expect(firstDifference(alone, [all[row]]) == nil, "row \(row)")
      }
    }

    @Test(arguments: kinds) func matricesDoNotSeeOneAnother(_ kind: Arithmetic) {
      let (k, columns) = (256, 6)
      var random = Random(71)
      let others = ["Q5_1", "F16", "Q3_K"].map { random.matrix(.named($0), rows: 23, k: k) }
      let matrix = random.matrix(kind.type, rows: 40, k: k)
      let x = random.floats(columns * k)
      let all = project(
        [others[0], matrix, others[1], others[2]], x, k: k, integers: kind.integers)
      let alone = project([matrix], x, k: k, integers: kind.integers)
      let within = Array(all[(columns * 23)...].prefix(columns * 40))
      #expect(firstDifference(within, alone) == nil)
    }

    @Test(arguments: kinds) func threadsDoNotShow(_ kind: Arithmetic) {
      let (rows, k) = (203, 512)
      var random = Random(rows)
      let matrices = [rows, 37, 5].map { random.matrix(kind.type, rows: $0, k: k) }
      let x = random.floats(9 * k)
      for columns in [1, 9] {
        let input = Array(x[..<(columns * k)])
        let expected = project(matrices, input, k: k, integers: kind.integers)
        let start = random.floats(expected.count)
        let added = project(matrices, input, k: k, integers: kind.integers, addingTo: start)
        for threads in [1, 2, 3, 5] {
          withPool(threads) { pool in
            let y = project(matrices, input, k: k, integers: kind.integers, pool: pool)
            #expect(firstDifference(y, expected) == nil, "\(threads) threads, \(columns) columns")
            let sums = project(
              matrices, input, k: k, integers: kind.integers, addingTo: start, pool: pool)
            #expect(firstDifference(sums, added) == nil, "\(threads) threads, \(columns) columns")
          }
        }
      }
    }

    @Test(arguments: kinds) func gateAndUp(_ kind: Arithmetic) {
      let (rows, k, columns) = (96, 256, 11)
      var random = Random(72)
      let gate = random.matrix(kind.type, rows: rows, k: k)
      let up = random.matrix(.named("Q5_K"), rows: rows, k: k)
      let x = random.floats(columns * k)
      let alone = (0..<columns).map {
        gateUp(gate, up, Array(x[$0 * k..<($0 + 1) * k]), k: k, integers: kind.integers)
      }
      for threads in [1, 2, 3, 5] {
        let all = withPool(threads) {
          gateUp(gate, up, x, k: k, integers: kind.integers, pool: $0)
        }
        #expect(firstDifference(all.values, alone.flatMap(\.values)) == nil, "\(threads) threads")
        let blocks = alone.flatMap { $0.blocks ?? [] }.flatMap(\.flat)
        #expect(firstDifference((all.blocks ?? []).flatMap(\.flat), blocks) == nil)
      }
    }

    /// The padding between the columns of y is not written.
    @Test(arguments: [("F32", 20), ("Q4_0", 64)]) func strides(name: String, k: Int) {
      let (rows, columns, ldy) = (19, 5, 24)
      var random = Random(5)
      let matrix = random.matrix(.named(name), rows: rows, k: k)
      let x = random.floats(columns * k)
      var y = [Float](repeating: 7, count: columns * ldy)
      matrix.bytes.withUnsafeBufferPointer { bytes in
        y.withUnsafeMutableBufferPointer { y in
          var weights = ck_weights(
            type: matrix.type.id, bytes: bytes.baseAddress, rows: rows, y: y.baseAddress, ldy: ldy)
          Input(x, k: k, integers: k % 32 == 0).read { ck_project(nil, &$0, &weights, 1, 0) }
        }
      }
      // At an odd address, as `project` puts them, weights cannot be used in place.
      let dense = project([matrix], x, k: k, integers: k % 32 == 0)
      for column in 0..<columns {
        let out = Array(y[column * ldy..<(column + 1) * ldy])
        let expected = Array(dense[column * rows..<(column + 1) * rows])
        #expect(firstDifference(Array(out[..<rows]), expected) == nil)
        #expect(out[rows...].allSatisfy { $0 == 7 })
      }
    }
  }
}
