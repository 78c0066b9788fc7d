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
  case q8_K = "Q8_K"
  case iq1_S = "IQ1_S"
  case iq1_M = "IQ1_M"
  case iq2_XXS = "IQ2_XXS"
  case iq2_XS = "IQ2_XS"
  case iq2_S = "IQ2_S"
  case iq3_XXS = "IQ3_XXS"
  case iq3_S = "IQ3_S"
  case iq4_NL = "IQ4_NL"
  case iq4_XS = "IQ4_XS"
  case tq1_0 = "TQ1_0"
  case tq2_0 = "TQ2_0"
  case mxfp4 = "MXFP4"
  case nvfp4 = "NVFP4"

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
    case .q8_K: (15, 256, 292)
    case .iq1_S: (19, 256, 50)
    case .iq1_M: (29, 256, 56)
    case .iq2_XXS: (16, 256, 66)
    case .iq2_XS: (17, 256, 74)
    case .iq2_S: (22, 256, 82)
    case .iq3_XXS: (18, 256, 98)
    case .iq3_S: (21, 256, 110)
    case .iq4_NL: (20, 32, 18)
    case .iq4_XS: (23, 256, 136)
    case .tq1_0: (34, 256, 54)
    case .tq2_0: (35, 256, 66)
    case .mxfp4: (39, 32, 17)
    case .nvfp4: (40, 64, 36)
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

  /// Whether weights can be rounded to this type. The others are only read: their blocks come from
  /// another tool and are taken over as they are.
  package var isWritten: Bool {
    switch self {
    case .f32, .f16, .bf16, .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q2_K, .q3_K, .q4_K, .q5_K, .q6_K:
      true
    case .q8_K, .iq1_S, .iq1_M, .iq2_XXS, .iq2_XS, .iq2_S, .iq3_XXS, .iq3_S, .iq4_NL, .iq4_XS,
      .tq1_0, .tq2_0, .mxfp4, .nvfp4:
      false
    }
  }

  /// The names of the types that weights can be rounded to, for messages.
  package static var writtenNames: String {
    allCases.filter(\.isWritten).map(\.rawValue).joined(separator: ", ")
  }

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
