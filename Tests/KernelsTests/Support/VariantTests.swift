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

    @Test(arguments: BlockType.all, [1, 7, 16, 48, 576, 1536])
    func floatProductsAgree(type: BlockType, length: Int) {
      // Formats with blocks take the nearest length they can.
      let k = (length + type.elements - 1) / type.elements * type.elements
      var random = Random(k)
      let x = random.floats(33 * k)
      for rows in [1, 3, 5, 15, 16, 17, 64] {
        let matrix = random.matrix(type, rows: rows, k: k)
        // The reference is slow: the many rows meet few columns, and the many columns few rows.
        for columns in rows > 5 ? [1, 2, 5] : [1, 2, 3, 4, 5, 6, 7, 8, 9, 33] {
          expectAgreement("\(rows) x \(k) x \(columns)") {
            project([matrix], Array(x[..<(columns * k)]), k: k, integers: false)
          }
        }
      }
    }

    @Test(arguments: [1, 7, 16, 17, 48, 576, 1000, 1537]) func vectorsAgree(n: Int) {
      var random = Random(n)
      let x = random.floats(n, scale: 3)
      let y = random.floats(n, scale: 20)
      expectAgreement("rms_norm") {
        var out = x
        ck_rms_norm(nil, x, y, n, 1, 1e-5, &out, nil)
        return out
      }
      expectAgreement("swiglu") {
        var gate = y
        ck_swiglu(&gate, x, n)
        return gate
      }
      expectAgreement("geglu") {
        var gate = y
        ck_geglu(&gate, x, n)
        return gate
      }
      expectAgreement("layer_norm") {
        var out = x
        ck_layer_norm(nil, x, y, y, n, 1, 1e-5, &out, nil)
        return out
      }
      expectAgreement("geglu_erf") {
        var gate = y
        ck_geglu_erf(&gate, x, n)
        return gate
      }
      expectAgreement("clamped_swiglu") {
        var gate = y
        ck_clamped_swiglu(&gate, x, n, 1.702, 2)
        return gate
      }
      expectAgreement("logits") {
        let summary = ck_summarize_logits(y, n, 0.7)
        return [Float(summary.argmax), summary.max, summary.second, summary.log_sum_exp]
      }
    }

    @Test func expAgrees() {
      // All orders of magnitude and both signs: every 4099th float.
      let sweep = stride(from: UInt32(0), to: 0xFF80_0000, by: 4099).map(Float.init(bitPattern:))
      let x =
        sweep.filter { !$0.isNaN } + [.infinity, -.infinity, 88.8, -87.4, 88.72284, -87.33655]
      expectAgreement("exp") {
        var out = x
        ck_exp(x, &out, x.count)
        return out
      }
    }
  }
}
