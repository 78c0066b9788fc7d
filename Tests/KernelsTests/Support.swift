import CleaveKernels
import Testing

/// All tests of the kernels: one after another, because some switch the instruction set of the
/// whole process.
@Suite(.serialized) struct Kernels {}

extension Kernels {
  @Suite struct Contract {
    @Test func lanesAreSixteen() { #expect(CK_LANES == 16) }
  }
}

/// Deterministic pseudo-random numbers (SplitMix64).
struct Random {
  private var state: UInt64

  init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in -1 ..< 1.
  mutating func float() -> Float {
    Float(Int(next() >> 40) - (1 << 23)) / Float(1 << 23)
  }

  mutating func floats(_ count: Int, scale: Float = 1) -> [Float] {
    (0..<count).map { _ in float() * scale }
  }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(next() & 255) } }

  /// Blocks whose 16-bit scales are of everyday size, and random quants.
  mutating func blocks(_ type: BlockType, elements: Int) -> [UInt8] {
    let size = ck_block_bytes(type.id)
    let count = elements / ck_block_elements(type.id)
    if type.name == "F32" {
      return floats(elements).flatMap { value in withUnsafeBytes(of: value) { Array($0) } }
    }
    var blocks = bytes(count * size)
    for block in 0..<count {
      for offset in type.scales {
        let half = float16Bits(float() * 0.05)
        let bits = type.name == "BF16" ? UInt16(float().bitPattern >> 16) : half
        blocks[block * size + offset] = UInt8(bits & 255)
        blocks[block * size + offset + 1] = UInt8(bits >> 8)
      }
    }
    return blocks
  }
}

/// A float16 with the value's sign, exponent and first bits; the value is a normal float16.
private func float16Bits(_ value: Float) -> UInt16 {
  let bits = value.bitPattern
  let sign = UInt16(bits >> 16 & 0x8000)
  let exponent = Int(bits >> 23 & 255) - 112
  guard exponent > 0 else { return sign }
  return sign | UInt16(exponent) << 10 | UInt16(bits >> 13 & 1023)
}

/// A weight format as the tests need it: where the float16 scales stand in a block.
struct BlockType: Sendable, CustomTestStringConvertible {
  let name: String
  let id: ck_type
  let scales: [Int]
  var testDescription: String { name }
  var elements: Int { ck_block_elements(id) }
  var bytes: Int { ck_block_bytes(id) }

  static let all = [
    BlockType(name: "F32", id: CK_F32, scales: []),
    BlockType(name: "F16", id: CK_F16, scales: [0]),
    BlockType(name: "BF16", id: CK_BF16, scales: [0]),
    BlockType(name: "Q4_0", id: CK_Q4_0, scales: [0]),
    BlockType(name: "Q4_1", id: CK_Q4_1, scales: [0, 2]),
    BlockType(name: "Q5_0", id: CK_Q5_0, scales: [0]),
    BlockType(name: "Q5_1", id: CK_Q5_1, scales: [0, 2]),
    BlockType(name: "Q8_0", id: CK_Q8_0, scales: [0]),
    BlockType(name: "Q2_K", id: CK_Q2_K, scales: [80, 82]),
    BlockType(name: "Q3_K", id: CK_Q3_K, scales: [108]),
    BlockType(name: "Q4_K", id: CK_Q4_K, scales: [0, 2]),
    BlockType(name: "Q5_K", id: CK_Q5_K, scales: [0, 2]),
    BlockType(name: "Q6_K", id: CK_Q6_K, scales: [208]),
  ]
}

/// The variants this machine can run beside the reference.
let variants = ["avx2", "avx512", "neon"].filter { name in
  defer { ck_select_isa(nil) }
  return ck_select_isa(name) == 0
}

/// What `body` computes under the variant; the best one is in use again afterwards.
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

/// Equal bit for bit: index and values of the first difference, nil if there is none.
func firstDifference(_ a: [Float], _ b: [Float]) -> String? {
  guard a.count == b.count else { return "\(a.count) and \(b.count) values" }
  for i in a.indices where a[i].bitPattern != b[i].bitPattern {
    return "at \(i): \(a[i]) and \(b[i])"
  }
  return nil
}

/// weights: [rows, k] of type; x: [columns, k]; returns y: [columns, rows].
func matmul(
  _ type: BlockType, _ weights: [UInt8], rows: Int, k: Int, _ x: [Float], columns: Int,
  pool: OpaquePointer? = nil
) -> [Float] {
  var y = [Float](repeating: .nan, count: columns * rows)
  ck_matmul(pool, type.id, weights, rows, k, x, k, columns, &y, rows)
  return y
}

func dequantized(_ type: BlockType, _ blocks: [UInt8], elements: Int) -> [Float] {
  var out = [Float](repeating: .nan, count: elements)
  ck_dequantize(type.id, blocks, &out, elements)
  return out
}
