import CleaveKernels
import Glibc
import Testing

extension Kernels {
  @Suite struct Entropy {
    private func entropy(_ logits: [Float], _ temperature: Float = 1) -> Float {
      let summary = ck_summarize_logits(logits, logits.count, temperature)
      return ck_entropy(logits, logits.count, temperature, summary.max)
    }

    /// The entropy by definition, in doubles.
    private func judged(_ logits: [Float], _ temperature: Float) -> Double {
      let scaled = logits.map { Double($0) / Double(temperature) }
      let largest = scaled.max()!
      let weights = scaled.map { exp($0 - largest) }
      let total = weights.reduce(0, +)
      return weights.reduce(0.0) { sum, weight in
        let p = weight / total
        return p > 0 ? sum - p * log(p) : sum
      }
    }

    @Test(arguments: [1, 2, 15, 512, 513, 5000], [Float(0.3), 1, 2.5])
    func byDefinition(n: Int, temperature: Float) {
      var random = Random(n)
      for scale in [0.1, 3, 40] as [Float] {
        let logits = random.floats(n, scale: scale)
        let expected = judged(logits, temperature)
        let found = Double(entropy(logits, temperature))
        #expect(abs(found - expected) < 2e-6 * (1 + expected), "scale \(scale)")
      }
    }

    @Test(arguments: [1, 7, 16, 100, 1000, 49152]) func evenIsTheLogarithm(n: Int) {
      for value in [-3, 0, 1e4] as [Float] {
        let found = entropy([Float](repeating: value, count: n), 0.7)
        #expect(abs(Double(found) - log(Double(n))) < 1e-6 * (1 + log(Double(n))))
      }
    }

    @Test func certaintyIsZero() {
      var logits = [Float](repeating: -200, count: 1025)
      logits[700] = 30
      #expect(entropy(logits) == 0)
      #expect(entropy([5], 3) == 0)
    }

    @Test func minusInfinityAddsNothing() {
      let without: [Float] = [1, 2, 3, -4, 0.5]
      var logits = [Float](repeating: -.infinity, count: 1600)
      for (index, value) in without.enumerated() { logits[index * 307] = value }
      #expect(abs(entropy(logits) - entropy(without)) < 1e-6)
    }

    @Test(arguments: [Float.nan, .infinity]) func whatIsNoDistributionShows(_ value: Float) {
      for location in [0, 600] {
        var logits = [Float](repeating: 0, count: 601)
        logits[location] = value
        #expect(entropy(logits).isNaN)
      }
      #expect(entropy([-.infinity, -.infinity]).isNaN)
    }

    @Test(arguments: [1, 7, 16, 17, 511, 512, 513, 1537, 5000]) func variantsAgree(n: Int) {
      var random = Random(n)
      var logits = random.floats(n, scale: 25)
      for extra in 0..<3 {
        if extra == 1 { logits[n / 2] = -.infinity }
        if extra == 2 { logits[n / 3] = .nan }
        for temperature in [0.2, 1, 1.7] as [Float] {
          expectAgreement("entropy of \(n) at \(temperature)") { [entropy(logits, temperature)] }
        }
      }
    }

    /// Many columns at once have the bits of each alone, whatever the threads and the variant.
    @Test(arguments: [1, 40, 512, 1300], [Float(1), 0.6]) func signalsOfManyColumns(
      n: Int, temperature: Float
    ) {
      var random = Random(n)
      let logits = random.floats(7 * n, scale: 9)
      for variant in ["scalar"] + variants {
        for threads in [1, 3] {
          var signals = [ck_signals](repeating: .init(), count: 7)
          under(variant) {
            withPool(threads) { ck_find_signals($0, logits, n, 7, temperature, &signals) }
          }
          for (column, found) in signals.enumerated() {
            let row = Array(logits[(column * n)..<((column + 1) * n)])
            #expect(found.summary == ck_summarize_logits(row, n, temperature))
            #expect(found.plain == ck_summarize_logits(row, n, 1))
            #expect(found.entropy == entropy(row, temperature))
          }
        }
      }
    }
  }
}

extension ck_logits_summary {
  fileprivate static func == (a: Self, b: Self) -> Bool {
    (a.argmax, a.max, a.second, a.log_sum_exp) == (b.argmax, b.max, b.second, b.log_sum_exp)
  }
}
