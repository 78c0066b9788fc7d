import CleaveKernels
import Glibc
import Testing

extension BlockType {
  /// The block formats, those that quantizers write, and all types that weights can be rounded to.
  static let quantized = all.filter { $0.elements > 1 }
  static let written = quantized.filter(\.isWritten)
  static let targets = all.filter(\.isWritten)
}

/// The fault of a quantization, as an Equatable.
struct Fault: Equatable {
  let kind: ck_fault
  let element: Int

  init(_ kind: ck_fault, _ element: Int) {
    self.kind = kind
    self.element = element
  }

  static func == (a: Self, b: Self) -> Bool {
    a.kind.rawValue == b.kind.rawValue && a.element == b.element
  }
}

/// Quantizes weights, [rows, k] of `source` (F32 by default). Returns the blocks, or the fault.
func quantize(
  _ weights: [UInt8], from source: ck_type = CK_F32, k: Int, to type: BlockType,
  importance: [Float]? = nil, effort: ck_effort = CK_PLAIN, pool: OpaquePointer? = nil
) -> (blocks: [UInt8], fault: Fault?) {
  let rows = weights.count / (k / ck_block_elements(source) * ck_block_bytes(source))
  var out = [UInt8](repeating: 0xA5, count: rows * k / type.elements * type.bytes)
  let result: ck_quantization
  if let importance {
    result = ck_quantize_rows(
      pool, source, weights, rows, k, type.id, importance, effort, &out)
  } else {
    result = ck_quantize_rows(pool, source, weights, rows, k, type.id, nil, effort, &out)
  }
  let isFault = result.fault.rawValue != CK_FAULT_NONE.rawValue
  return (out, isFault ? Fault(result.fault, result.element) : nil)
}

func quantize(
  _ weights: [Float], k: Int, to type: BlockType, importance: [Float]? = nil,
  effort: ck_effort = CK_PLAIN, pool: OpaquePointer? = nil
) -> (blocks: [UInt8], fault: Fault?) {
  quantize(
    bytes(of: weights), k: k, to: type, importance: importance, effort: effort, pool: pool)
}

func bytes(of floats: [Float]) -> [UInt8] { floats.withUnsafeBytes { Array($0) } }

/// The sum of importance times squared error in every block of 256, in double.
func errors(
  _ weights: [Float], _ blocks: [UInt8], _ type: BlockType, importance: [Float]?
) -> [Double] {
  let values = dequantized(type, blocks, elements: weights.count)
  return stride(from: 0, to: weights.count, by: 256).map { start in
    (start..<start + 256).reduce(0) { sum, i in
      let difference = Double(values[i]) - Double(weights[i])
      return sum + Double(importance?[i % importance!.count] ?? 1) * difference * difference
    }
  }
}

/// Rows of 512 weights of one kind.
struct WeightKind: Sendable, CustomTestStringConvertible {
  let name: String
  let make: @Sendable (inout Random) -> Float
  var testDescription: String { name }

  static let k = 512
  static let all = [
    WeightKind(name: "uniform") { $0.float() },
    WeightKind(name: "gaussian") { $0.gaussian() * 0.02 },
    WeightKind(name: "heavy tails") { $0.gaussian() / max(0.05, abs($0.gaussian())) },
    WeightKind(name: "constant") { _ in 0.37 },
    WeightKind(name: "constant below zero") { _ in -1234.5 },
    WeightKind(name: "zero") { _ in 0 },
    WeightKind(name: "positive") { abs($0.gaussian()) + 0.1 },
    WeightKind(name: "subnormal scales") { $0.gaussian() * 1e-6 },
    WeightKind(name: "denormal") { $0.float() * 0x1p-130 },
    WeightKind(name: "huge") { $0.float() * 60000 },
    WeightKind(name: "outliers") { $0.next() % 64 == 0 ? 30 : $0.gaussian() * 0.01 },
    WeightKind(name: "two values") { $0.next() & 1 == 0 ? 1 : -0.5 },
    WeightKind(name: "mostly zero") { $0.next() % 16 == 0 ? $0.gaussian() : 0 },
  ]

  func weights(rows: Int = 6) -> [Float] {
    var random = Random(name.utf8.reduce(7) { $0 &* 31 &+ Int($1) })
    return (0..<rows * Self.k).map { _ in make(&random) }
  }
}

extension Random {
  /// About normal with variance 1: a sum of twelve uniform numbers.
  mutating func gaussian() -> Float { (0..<12).reduce(0) { sum, _ in sum + float() } / 2 }

  /// Importances like those of activations: some columns have a hundred times more.
  mutating func importance(_ count: Int) -> [Float] {
    (0..<count).map { _ in
      let value = gaussian()
      return value * value * (next() % 20 == 0 ? 100 : 1)
    }
  }
}
