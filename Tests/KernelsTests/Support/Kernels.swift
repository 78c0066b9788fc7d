import CleaveKernels
import Testing

/// All tests of the kernels. They run one after another, because some switch the instruction set of
/// the whole process.
@Suite(.serialized) struct Kernels {}

extension Kernels {
  @Suite struct Contract {
    @Test func sizesThatOthersRelyOn() {
      #expect(CK_LANES == 16)
      #expect(CK_BLOCK == 32)
      #expect(CK_KEY_TILE == 16)
      #expect(CK_SOFTMAX_TILE == 64)
      #expect(CK_LOGITS_PART == 512)
    }
  }
}

/// The variants other than the reference that this machine can run.
let variants = ["avx2", "avx512", "neon"].filter { name in
  defer { ck_select_isa(nil) }
  return ck_select_isa(name) == 0
}

/// The result of `body` under the variant; the best one is in use again afterwards.
func under<Result>(_ variant: String, _ body: () -> Result) -> Result {
  precondition(ck_select_isa(variant) == 0)
  defer { ck_select_isa(nil) }
  return body()
}

func withPool<Result>(_ threads: Int, _ body: (OpaquePointer?) -> Result) -> Result {
  let pool = ck_pool_create(threads)
  defer { ck_pool_destroy(pool) }
  return body(pool)
}

/// The first difference of two arrays, bit for bit but with all NaNs equal: its index and values, or nil
/// if there is none.
func firstDifference(_ a: [Float], _ b: [Float]) -> String? {
  guard a.count == b.count else { return "\(a.count) and \(b.count) values" }
  for i in a.indices where a[i].bitPattern != b[i].bitPattern && !(a[i].isNaN && b[i].isNaN) {
    return "at \(i): \(a[i]) and \(b[i])"
  }
  return nil
}

/// Expects that every variant computes the bits of the reference.
func expectAgreement(_ what: String, _ body: () -> [Float]) {
  let expected = under("scalar", body)
  for variant in variants {
    #expect(firstDifference(under(variant, body), expected) == nil, "\(variant) \(what)")
  }
}

func dequantized(_ type: BlockType, _ blocks: [UInt8], elements: Int) -> [Float] {
  var out = [Float](repeating: .nan, count: elements)
  ck_dequantize(type.id, blocks, &out, elements)
  return out
}
