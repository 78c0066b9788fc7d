import CleaveKernels
import Testing

extension Kernels {
  @Suite struct TopLogits {
    private struct Top: Equatable {
      var ids: [UInt32]
      var values: [Float]
      var logSums: [Float]
    }

    private func top(_ logits: [Float], n: Int, k: Int, threads: Int = 2) -> Top {
      let columns = logits.count / n
      var ids = [UInt32](repeating: .max, count: columns * k)
      var values = [Float](repeating: .nan, count: columns * k)
      var summaries = [ck_logits_summary](repeating: .init(), count: columns)
      withPool(threads) { ck_top_logits($0, logits, n, columns, k, &ids, &values, &summaries) }
      return Top(ids: ids, values: values, logSums: summaries.map(\.log_sum_exp))
    }

    /// Compared with a full sort: less than a part, several parts and a rest, more parts than k.
    @Test(arguments: [(1, 1), (7, 7), (512, 3), (1025, 32), (20000, 32), (20000, 1), (3000, 3000)])
    func isTheBeginningOfTheSortedLogits(n: Int, k: Int) {
      var random = Random(21)
      // Few different values: many equals, across parts too.
      let logits = random.floats(3 * n, scale: 9).map { ($0 * 8).rounded() / 8 }
      let found = top(logits, n: n, k: k)
      for column in 0..<3 {
        let row = Array(logits[(column * n)..<((column + 1) * n)])
        let sorted = row.indices.sorted { (row[$0], $1) > (row[$1], $0) }.prefix(k)
        #expect(Array(found.ids[(column * k)..<((column + 1) * k)]) == sorted.map(UInt32.init))
        #expect(Array(found.values[(column * k)..<((column + 1) * k)]) == sorted.map { row[$0] })
        #expect(found.logSums[column] == ck_summarize_logits(row, n, 1).log_sum_exp)
      }
    }

    @Test func doesNotDependOnVariantOrThreads() {
      var random = Random(22)
      let logits = random.floats(5 * 4000, scale: 10)
      let expected = under("scalar") { top(logits, n: 4000, k: 16, threads: 1) }
      for variant in variants {
        #expect(under(variant) { top(logits, n: 4000, k: 16, threads: 3) } == expected)
      }
    }

    @Test func minusInfinityIsTheLast() {
      var logits = [Float](repeating: -.infinity, count: 700)
      (logits[650], logits[3]) = (1, 1)
      let found = top(logits, n: 700, k: 4)
      #expect(found.ids == [3, 650, 0, 1])
      #expect(found.values == [1, 1, -.infinity, -.infinity])
    }

    @Test(arguments: [Float.nan, .infinity]) func whatIsNoDistributionShows(_ value: Float) {
      var logits = [Float](repeating: 0, count: 600)
      logits[599] = value
      #expect(!top(logits, n: 600, k: 2).logSums[0].isFinite)
    }

    @Test func narrowingIsTheRoundingOfFloat16() {
      let values: [Float] = [
        0, -0.0, 1, 1.00048828125, 65504, 65519, 65520, -70000, 1e-8, 3e-8, 0.1,
      ]
      var halves = [UInt16](repeating: 1, count: values.count)
      ck_narrow(values, &halves, values.count)
      #expect(halves == [0, 0x8000, 0x3C00, 0x3C00, 0x7BFF, 0x7BFF, 0x7C00, 0xFC00, 0, 1, 0x2E66])
    }
  }
}
