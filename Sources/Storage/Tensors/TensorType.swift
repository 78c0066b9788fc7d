/// The storage format of a tensor's elements. The block layouts of quantized types are GGML's, bit for bit.
package enum TensorType: String, CaseIterable, Sendable {
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"
  case q4_0 = "Q4_0"
  case q4_1 = "Q4_1"
  case q5_0 = "Q5_0"
  case q5_1 = "Q5_1"
  case q8_0 = "Q8_0"
  case q2_K = "Q2_K"
  case q3_K = "Q3_K"
  case q4_K = "Q4_K"
  case q5_K = "Q5_K"
  case q6_K = "Q6_K"

  /// The type's number in GGUF files and in the kernels, and the elements and bytes of one block. These
  /// repeat columns of the table in Sources/Kernels/include/CleaveFormats.h; a test compares the two.
  private var row: (ggmlID: UInt32, elements: Int, bytes: Int) {
    switch self {
    case .f32: (0, 1, 4)
    case .f16: (1, 1, 2)
    case .bf16: (30, 1, 2)
    case .q4_0: (2, 32, 18)
    case .q4_1: (3, 32, 20)
    case .q5_0: (6, 32, 22)
    case .q5_1: (7, 32, 24)
    case .q8_0: (8, 32, 34)
    case .q2_K: (10, 256, 84)
    case .q3_K: (11, 256, 110)
    case .q4_K: (12, 256, 144)
    case .q5_K: (13, 256, 176)
    case .q6_K: (14, 256, 210)
    }
  }

  /// The type's id in a GGUF file and in the kernels.
  package var ggmlID: UInt32 { row.ggmlID }

  /// Elements of one block; 1 for the float types.
  package var blockElements: Int { row.elements }

  /// Bytes of one block.
  package var blockBytes: Int { row.bytes }

  /// Whether elements are stored in blocks of several with common scales.
  package var isQuantized: Bool { blockElements > 1 }

  /// The type with an id of GGML, or nil when cleave does not know it.
  package init?(ggmlID: UInt32) {
    guard let type = Self.allCases.first(where: { $0.ggmlID == ggmlID }) else { return nil }
    self = type
  }

  /// The bytes of `elements` elements, or nil when they do not fill whole blocks or overflow.
  package func byteCount(elements: Int) -> Int? {
    guard elements >= 0, elements % blockElements == 0 else { return nil }
    let (bytes, overflow) = (elements / blockElements).multipliedReportingOverflow(by: blockBytes)
    return overflow ? nil : bytes
  }
}
