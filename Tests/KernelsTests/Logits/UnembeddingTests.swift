import CleaveKernels
import Testing

extension Kernels {
  /// ck_unembed has the logits and the summary of two separate passes.
  @Suite struct Unembedding {
    static func flat(_ summary: ck_logits_summary) -> [Float] {
      [
        Float(bitPattern: summary.argmax), summary.max, summary.second, summary.log_sum_exp,
      ]
    }

    /// The logits of ck_unembed and their summary.
    static func unembed(
      _ head: Matrix, _ x: [Float], integers: Bool, temperature: Float, cap: Float = 0,
      bias: [Float]? = nil,
      pool: OpaquePointer? = nil
    ) -> (logits: [Float], summary: ck_logits_summary) {
      var logits = [Float](repeating: .nan, count: head.rows)
      let part = Int(CK_LOGITS_PART)
      var parts = [ck_logits_part](
        repeating: ck_logits_part(), count: (head.rows + part - 1) / part)
      let input = Input(x, k: x.count, integers: integers)
      let summary = head.bytes.withUnsafeBufferPointer { bytes in
        logits.withUnsafeMutableBufferPointer { y in
          var weights = ck_weights(
            type: head.type.id, bytes: bytes.baseAddress, rows: head.rows, y: y.baseAddress,
            ldy: head.rows)
          return input.read { input in
            guard let bias else {
              return ck_unembed(pool, &input, &weights, nil, cap, temperature, &parts)
            }
            return ck_unembed(pool, &input, &weights, bias, cap, temperature, &parts)
          }
        }
      }
      return (logits, summary)
    }

    @Test(arguments: [1, 17, 511, 512, 513, 1024, 1537, 40_001]) func asTwoPasses(rows: Int) {
      var random = Random(rows)
      for name in ["F16", "Q8_0", "Q4_0"] {
        // 40 001 rows: more parts than ck_summarize_logits keeps on the stack.
        let k = rows > 2000 ? 32 : 64
        let head = random.matrix(.named(name), rows: rows, k: k)
        let x = random.floats(k, scale: 9)
        for (integers, temperature) in [(true, Float(1)), (false, 0.7), (true, 1.9)] {
          let logits = project([head], x, k: k, integers: integers)
          let expected = Self.flat(ck_summarize_logits(logits, rows, temperature))
          for threads in [1, 2, 3, 5] {
            let one = withPool(threads) {
              Self.unembed(head, x, integers: integers, temperature: temperature, pool: $0)
            }
            #expect(firstDifference(one.logits, logits) == nil, "\(name) \(threads) threads")
            #expect(firstDifference(Self.flat(one.summary), expected) == nil, "\(name)")
          }
        }
      }
    }

    /// Capped logits are summarized as they are after the cap.
    @Test(arguments: [17, 1537]) func capped(rows: Int) {
      var random = Random(rows)
      let head = random.matrix(.named("Q8_0"), rows: rows, k: 64)
      let x = random.floats(64, scale: 9)
      var logits = project([head], x, k: 64, integers: true)
      ck_cap(nil, &logits, rows, 5)
      let expected = Self.flat(ck_summarize_logits(logits, rows, 0.7))
      let one = Self.unembed(head, x, integers: true, temperature: 0.7, cap: 5)
      #expect(firstDifference(one.logits, logits) == nil)
      #expect(firstDifference(Self.flat(one.summary), expected) == nil)
    }

    /// A bias is added to the products, before the cap.
    @Test(arguments: [17, 1537]) func biased(rows: Int) {
      var random = Random(rows)
      let head = random.matrix(.named("Q8_0"), rows: rows, k: 64)
      let x = random.floats(64, scale: 9)
      let bias = random.floats(rows, scale: 3)
      var logits = zip(project([head], x, k: 64, integers: true), bias).map { $0 + $1 }
      ck_cap(nil, &logits, rows, 5)
      let expected = Self.flat(ck_summarize_logits(logits, rows, 0.7))
      for threads in [1, 3] {
        let one = withPool(threads) {
          Self.unembed(
            head, x, integers: true, temperature: 0.7, cap: 5, bias: bias, pool: $0)
        }
        #expect(firstDifference(one.logits, logits) == nil)
        #expect(firstDifference(Self.flat(one.summary), expected) == nil)
      }
    }

    @Test(arguments: [37, 1025]) func variantsAgree(rows: Int) {
      var random = Random(81)
      let head = random.matrix(.named("Q6_K"), rows: rows, k: 256)
      let x = random.floats(256)
      expectAgreement("unembed") {
        let (logits, summary) = Self.unembed(head, x, integers: true, temperature: 0.9)
        return logits + Self.flat(summary)
      }
    }

    /// The same rows repeated: all parts have equal maxima, and the lowest index wins.
    @Test func lowestOfEquals() {
      var random = Random(82)
      let matrix = random.matrix(.named("Q8_0"), rows: 512, k: 64)
      let x = random.floats(64)
      let head = Matrix(
        type: matrix.type, rows: 2048, bytes: (0..<4).flatMap { _ in matrix.bytes })
      let once = Self.unembed(matrix, x, integers: true, temperature: 1).summary
      let (logits, summary) = Self.unembed(head, x, integers: true, temperature: 1)
      #expect(summary.argmax == once.argmax)
      #expect(logits[Int(summary.argmax)] == logits.max())
      #expect(summary.second == summary.max)
    }

    @Test func notFiniteShows() {
      var random = Random(83)
      let head = random.matrix(.named("Q8_0"), rows: 600, k: 32)
      let x = [Float.nan] + random.floats(31)
      let (logits, summary) = Self.unembed(head, x, integers: true, temperature: 1)
      #expect(logits.allSatisfy { $0.isNaN })
      #expect(summary.argmax == 0 && summary.max.isNaN && summary.log_sum_exp.isNaN)
    }
  }
}
