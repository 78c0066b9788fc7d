import CleaveKernels
import Testing

extension Kernels {
  /// Products of integers: every variant has the bits of the scalar reference.
  @Suite struct IntegerVariants {
    /// Lengths of one block and of several.
    static func lengths(_ type: BlockType) -> [Int] { [type.elements, type.elements * 3] }

    @Test(arguments: BlockType.quantized) func rowsAndColumns(type: BlockType) {
      for k in Self.lengths(type) {
        var random = Random(k)
        let x = random.floats(33 * k)
        for rows in [1, 15, 16, 17, 37] {
          let matrix = random.matrix(type, rows: rows, k: k)
          // The reference is slow: all numbers of columns meet one number of rows.
          for columns in rows == 17 ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 33] : [1, 9] {
            let input = Array(x[..<(columns * k)])
            expectAgreement("\(rows) x \(k) x \(columns)") {
              project([matrix], input, k: k, integers: true)
            }
          }
        }
      }
    }

    @Test func matricesTogetherAndAdded() {
      var random = Random(31)
      let k = 512
      let x = random.floats(10 * k)
      let matrices = BlockType.all.enumerated().map { i, type in
        random.matrix(type, rows: [16, 1, 37, 15][i % 4], k: k)
      }
      let rows = matrices.reduce(0) { $0 + $1.rows }
      let start = random.floats(10 * rows, scale: 30)
      expectAgreement("together") { project(matrices, x, k: k, integers: true) }
      expectAgreement("added") { project(matrices, x, k: k, integers: true, addingTo: start) }
    }

    @Test(arguments: BlockType.quantized) func extremeIntegers(type: BlockType) {
      let k = type.elements * 2
      var random = Random(32)
      let signs = (0..<k).map { _ in Float(random.next() % 2 == 0 ? 1 : -1) }
      let columns = [
        [Float](repeating: 1, count: k), [Float](repeating: -1, count: k), signs,
        [Float](repeating: 0, count: k), [Float](repeating: .leastNonzeroMagnitude, count: k),
      ]
      for byte in [UInt8(0), 0xff, 0x80, 0x7f, 0x0f, 0xf0, 0x55] {
        var bytes = [UInt8](repeating: byte, count: k / type.elements * type.bytes * 17)
        // Of a finite float16, any: 0, subnormals, 65504.
        type.setScales(of: &bytes) {
          UInt16([0x0000, 0x8000, 0x0001, 0x03ff, 0x3c00, 0xbc00, 0x7bff][Int(random.next() % 7)])
        }
        let matrix = Matrix(type: type, rows: 17, bytes: bytes)
        expectAgreement("all \(byte)") {
          project([matrix], columns.flatMap { $0 }, k: k, integers: true)
        }
      }
    }

    @Test(arguments: BlockType.quantized) func scalesOfAnySize(type: BlockType) {
      let k = type.elements
      var random = Random(33)
      var bytes = random.bytes(type.bytes * 37)
      type.setScales(of: &bytes) {
        let bits = UInt16(random.next() & 0xffff)
        return bits & 0x7c00 == 0x7c00 ? bits & 0x83ff : bits
      }
      let matrix = Matrix(type: type, rows: 37, bytes: bytes)
      let x = random.floats(5 * k, scale: 100)
      expectAgreement("scales") { project([matrix], x, k: k, integers: true) }
      // Not finite: infinities and NaNs must come out of the same places.
      type.setScales(of: &bytes) {
        UInt16([0x7c00, 0xfc00, 0x7e01, 0x3c00][Int(random.next() % 4)])
      }
      let wild = Matrix(type: type, rows: 37, bytes: bytes)
      expectAgreement("wild scales") { project([wild], x, k: k, integers: true) }
    }

    @Test(arguments: BlockType.quantized) func whatIsNotFiniteStaysInItsColumn(type: BlockType) {
      let k = type.elements * 2
      var random = Random(34)
      let matrix = random.matrix(type, rows: 17, k: k)
      let x = random.floats(10 * k)
      for bad in [Float.nan, .infinity, -.infinity] {
        for column in [0, 3, 9] {
          var spoilt = x
          spoilt[column * k + k - 5] = bad
          for variant in ["scalar"] + variants {
            let clean = under(variant) { project([matrix], x, k: k, integers: true) }
            let y = under(variant) { project([matrix], spoilt, k: k, integers: true) }
            for i in y.indices {
              let isRight = i / 17 == column ? y[i].isNaN : y[i].bitPattern == clean[i].bitPattern
              #expect(isRight, "\(variant) \(bad) column \(i / 17) row \(i % 17)")
            }
          }
        }
      }
    }

    @Test(arguments: BlockType.quantized) func gateAndUp(type: BlockType) {
      let k = type.elements * 2
      var random = Random(35)
      for (rows, columns) in [(32, 1), (64, 9), (37, 3)] {
        let gate = random.matrix(type, rows: rows, k: k)
        let up = random.matrix(.named("Q8_0"), rows: rows, k: k)
        let x = random.floats(columns * k)
        expectAgreement("gate and up, \(rows) rows") {
          let (values, blocks) = gateUp(gate, up, x, k: k, integers: true)
          return values + (blocks ?? []).flatMap(\.flat)
        }
      }
    }
  }
}
