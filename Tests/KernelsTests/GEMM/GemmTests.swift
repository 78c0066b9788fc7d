import CleaveKernels
import Testing

extension Kernels {
  @Suite struct GemmBF16 {
    /// Sizes around the tile (14 x 32), the 32 of k that packing takes at once and the largest part of k
    /// (768).
    static let shapes = [
      (1, 1, 1), (2, 3, 0), (13, 31, 31), (14, 32, 32), (15, 33, 33), (5, 16, 7), (29, 17, 64),
      (200, 70, 95), (31, 100, 768), (17, 40, 769), (16, 65, 1701),
    ]

    @Test(arguments: shapes) func equalsTheReference(m: Int, n: Int, k: Int) {
      for form in 0..<8 {
        let gemm = Gemm(
          m: m, n: n, k: k, aTransposed: form & 1 != 0, bTransposed: form & 2 != 0,
          accumulate: form & 4 != 0, seed: form)
        // Rounding of float32 sums; one wrong rounding to bfloat16 is far beyond it.
        let most = 1e-6 + Float(k) * 1e-7
        let found = gemm.run(), expected = gemm.run(ck_gemm_bf16_reference)
        let wrong = found.indices.first { !(abs(found[$0] - expected[$0]) <= most) }
        #expect(wrong == nil, "form \(form)")
        let stride = n + Gemm.padding
        #expect((0..<m * stride).allSatisfy { $0 % stride < n || found[$0] == gemm.c[$0] })
      }
    }

    @Test(arguments: [1, 2, 3]) func threadsDoNotMatter(threads: Int) {
      withPool(threads) { pool in
        for (m, n, k) in [(200, 70, 95), (16, 65, 1701), (400, 33, 800)] {
          for form in 0..<4 {
            let gemm = Gemm(
              m: m, n: n, k: k, aTransposed: form & 1 != 0, bTransposed: form & 2 != 0,
              accumulate: true)
            #expect(firstDifference(gemm.run(pool: pool), gemm.run()) == nil)
          }
        }
      }
    }

    @Test(
      arguments: [
        (1 + 0x1p-8, 1), (1 + 0x3p-8, 1 + 0x1p-6), (1 + 0x1.01p-8, 1 + 0x1p-7), (-1 - 0x1p-8, -1),
        (0x1.ffp127, .infinity), (0x1p-127, 0), (.infinity, .infinity),
      ] as [(Float, Float)]) func roundsToTheNearestThenEven(x: Float, rounded: Float)
    {
      for function in [ck_gemm_bf16, ck_gemm_bf16_reference] as [Gemm.Function] {
        var gemm = Gemm(m: 1, n: 1, k: 1)
        (gemm.a[0], gemm.b[0]) = (x, 1)
        #expect(gemm.run(function)[0] == rounded)
        (gemm.a[0], gemm.b[0]) = (1, x)
        #expect(gemm.run(function)[0] == rounded)
      }
    }

    /// A NaN, also one whose payload is lost in rounding, makes its row NaN and no other.
    @Test(arguments: [Float.nan, Float(bitPattern: 0x7f80_0001)], [false, true])
    func notANumberComesThrough(x: Float, transposed: Bool) {
      var gemm = Gemm(m: 20, n: 40, k: 45, aTransposed: transposed, bTransposed: transposed)
      gemm.a[transposed ? 44 * (20 + Gemm.padding) + 17 : 17 * (45 + Gemm.padding) + 44] = x
      let found = gemm.run()
      for row in 0..<20 {
        let sums = found[row * (40 + Gemm.padding)..<row * (40 + Gemm.padding) + 40]
        #expect(sums.allSatisfy { $0.isNaN == (row == 17) })
      }
    }

    @Test func infinityComesThrough() {
      var gemm = Gemm(m: 3, n: 5, k: 9)
      gemm.a[4] = .infinity
      let found = gemm.run()
      for column in 0..<5 {
        let sign = gemm.b[4 * (5 + Gemm.padding) + column].sign
        #expect(found[column] == (sign == .plus ? .infinity : -.infinity))
        #expect(found[5 + Gemm.padding + column].isFinite)
      }
    }
  }
}
