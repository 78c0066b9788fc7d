import CleaveKernels
import Glibc
import Testing

extension Kernels {
  @Suite struct Logits {
    /// Division by the temperature makes neighbours equal; argmax is still the larger one.
    @Test(arguments: [0.9, 1.7, 1e-30] as [Float]) func temperatureDoesNotHideTheLargest(t: Float) {
      var logits = [Float](repeating: 0, count: 700)
      logits[3] = 31
      logits[640] = Float(31).nextUp
      for variant in ["scalar"] + variants {
        under(variant) {
          #expect(ck_summarize_logits(logits, logits.count, t).argmax == 640, "\(variant)")
        }
      }
    }

    @Test(arguments: [Float(1), 0.5, 3]) func byDefinition(temperature: Float) {
      var random = Random(8)
      let logits = random.floats(1003, scale: 12)
      let scaled = logits.map { $0 / temperature }
      let sorted = scaled.sorted(by: >)
      let summary = ck_summarize_logits(logits, 1003, temperature)
      let largest = Double(sorted[0])
      let judged = largest + log(scaled.reduce(0.0) { $0 + exp(Double($1) - largest) })
      #expect(scaled[Int(summary.argmax)] == sorted[0])
      #expect(summary.max == sorted[0])
      #expect(summary.second == sorted[1])
      #expect(abs(Double(summary.log_sum_exp) - judged) < 1e-6 * abs(judged))
    }

    @Test func oneLogitIsCertain() {
      let summary = ck_summarize_logits([-3], 1, 2)
      #expect(summary.argmax == 0)
      #expect(summary.max == -1.5)
      #expect(summary.second == -.infinity)
      #expect(summary.log_sum_exp == -1.5)
    }

    @Test func lowestOfEquals() {
      for n in [2, 15, 40, 100] {
        for first in [0, 1, n / 2, n - 2] where first < n - 1 {
          var logits = [Float](repeating: -1, count: n)
          logits[first] = 2
          logits[n - 1] = 2
          let summary = ck_summarize_logits(logits, n, 1)
          #expect(summary.argmax == UInt32(first))
          #expect(summary.second == 2)
        }
      }
    }

    @Test func nanNeverWins() {
      var logits = [Float](repeating: .nan, count: 35)
      #expect(ck_summarize_logits(logits, 35, 1).argmax == 0)
      #expect(ck_summarize_logits(logits, 35, 1).max.isNaN)
      logits[20] = -.infinity
      #expect(ck_summarize_logits(logits, 35, 1).argmax == 20)
      logits[34] = -5
      let summary = ck_summarize_logits(logits, 35, 1)
      #expect(summary.argmax == 34)
      #expect(summary.max == -5)
      #expect(summary.second == -.infinity)
    }

    @Test func minusInfinityCountsNothing() {
      let summary = ck_summarize_logits([-.infinity, 1, -.infinity], 3, 1)
      #expect(summary.argmax == 1)
      #expect(summary.log_sum_exp == 1)
    }

    /// A part without a maximum, equal maxima in several parts, ends of parts.
    @Test func acrossParts() {
      let part = Int(CK_LOGITS_PART)
      var logits = [Float](repeating: .nan, count: part) + [Float](repeating: -1, count: 2 * part)
      logits[2 * part - 1] = 3
      logits[2 * part] = 3
      let summary = ck_summarize_logits(logits, logits.count, 1)
      #expect(summary.argmax == UInt32(2 * part - 1))
      #expect(summary.max == 3 && summary.second == 3)
      #expect(summary.log_sum_exp.isNaN)
      for i in 0..<part { logits[i] = -.infinity }
      let sum = 2 * exp(3.0) + Double(2 * part - 2) * exp(-1.0)
      let finite = ck_summarize_logits(logits, logits.count, 1)
      #expect(abs(Double(finite.log_sum_exp) - log(sum)) < 1e-6)
    }
  }
}
