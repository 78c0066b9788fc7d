import CleaveKernels
import Testing

extension Kernels {
  /// Every variant has the bits of the scalar reference.
  @Suite struct Variants {
    @Test func unknownAndAbsentAreRefused() {
      #expect(ck_select_isa("sse9") == -1)
      #expect(ck_select_isa("scalar") == 0)
      #expect(ck_select_isa("avx1024") == -1)
      #expect(String(cString: ck_isa_name()) == "scalar")
      #expect(ck_select_isa(nil) == 0)
      #expect(variants.isEmpty || String(cString: ck_isa_name()) != "scalar")
    }

    static func agree(_ what: String, _ body: () -> [Float]) {
      let expected = under("scalar", body)
      for variant in variants {
        #expect(firstDifference(under(variant, body), expected) == nil, "\(variant) \(what)")
      }
    }

    @Test(arguments: BlockType.all, [1, 7, 16, 48, 576, 1536])
    func matmulAgrees(type: BlockType, length: Int) {
      // Formats with blocks take the nearest length they can.
      let k = (length + type.elements - 1) / type.elements * type.elements
      var random = Random(k)
      let weights = random.blocks(type, elements: 64 * k)
      let x = random.floats(33 * k)
      for rows in [1, 3, 5, 64] {
        // The reference is slow: the many rows meet few columns, and the many columns few rows.
        for columns in rows == 64 ? [1, 2, 5] : [1, 2, 3, 4, 5, 6, 7, 8, 9, 33] {
          Self.agree("\(rows) x \(k) x \(columns)") {
            matmul(type, weights, rows: rows, k: k, x, columns: columns)
          }
        }
      }
    }

    @Test(arguments: [1, 7, 16, 17, 48, 576, 1000]) func vectorsAgree(n: Int) {
      var random = Random(n)
      let x = random.floats(n, scale: 3)
      let y = random.floats(n, scale: 20)
      Self.agree("rms_norm") {
        var out = x
        ck_rms_norm(x, y, &out, n, 1e-5)
        return out
      }
      Self.agree("swiglu") {
        var gate = y
        ck_swiglu(&gate, x, n)
        return gate
      }
      Self.agree("logits") {
        let summary = ck_summarize_logits(y, n, 0.7)
        return [Float(summary.argmax), summary.max, summary.second, summary.log_sum_exp]
      }
    }

    @Test func expAgrees() {
      // All orders of magnitude and both signs: every 4099th float.
      let sweep = stride(from: UInt32(0), to: 0xFF80_0000, by: 4099).map(Float.init(bitPattern:))
      let x =
        sweep.filter { !$0.isNaN } + [.infinity, -.infinity, 88.8, -87.4, 88.72284, -87.33655]
      Self.agree("exp") {
        var out = x
        ck_exp(x, &out, x.count)
        return out
      }
    }

    @Test(arguments: [8, 20, 64, 80, 128], [0, 1, 15, 16, 77])
    func attentionAgrees(headDim: Int, first: Int) {
      let input = AttentionInput(queries: 3, first: first, heads: 6, kvHeads: 2, headDim: headDim)
      Self.agree("attention") { input.run() }
    }
  }
}
