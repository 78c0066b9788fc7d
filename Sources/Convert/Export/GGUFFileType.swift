import CleaveStorage

/// The value of `general.file_type`: the type of most weights, for display. The numbers are those
/// of llama.cpp's `llama_ftype`.
enum GGUFFileType: UInt32 {
  case f32 = 0
  case f16 = 1
  case q4_0 = 2
  case q4_1 = 3
  case q8_0 = 7
  case q5_0 = 8
  case q5_1 = 9
  case q2_K = 10
  case q3_K_M = 12
  case q4_K_M = 15
  case q5_K_M = 17
  case q6_K = 18
  case iq2_XXS = 19
  case iq2_XS = 20
  case iq3_XXS = 23
  case iq1_S = 24
  case iq4_NL = 25
  case iq3_S = 26
  case iq2_S = 28
  case iq4_XS = 30
  case iq1_M = 31
  case bf16 = 32
  case tq1_0 = 36
  case tq2_0 = 37
  case mxfp4 = 38
  case nvfp4 = 39

  /// Chooses the type that holds the most elements in `matrices`. Ties go to the first type by
  /// name.
  init(of matrices: [WeightSource]) {
    var elements: [TensorType: Int] = [:]
    for matrix in matrices {
      elements[matrix.type, default: 0] += TensorShape.elementCount(matrix.shape) ?? 0
    }
    let most = elements.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }
    self.init(most?.key ?? .f32)
  }

  private init(_ type: TensorType) {
    self =
      switch type {
      case .f32: .f32
      case .f16: .f16
      case .bf16: .bf16
      case .q4_0: .q4_0
      case .q4_1: .q4_1
      case .q5_0: .q5_0
      case .q5_1: .q5_1
      case .q8_0: .q8_0
      case .q2_K: .q2_K
      case .q3_K: .q3_K_M
      case .q4_K: .q4_K_M
      case .q5_K: .q5_K_M
      case .q6_K: .q6_K
      // No model is mostly this type, which has no number.
      case .q8_K: .q8_0
      case .iq1_S: .iq1_S
      case .iq1_M: .iq1_M
      case .iq2_XXS: .iq2_XXS
      case .iq2_XS: .iq2_XS
      case .iq2_S: .iq2_S
      case .iq3_XXS: .iq3_XXS
      case .iq3_S: .iq3_S
      case .iq4_NL: .iq4_NL
      case .iq4_XS: .iq4_XS
      case .tq1_0: .tq1_0
      case .tq2_0: .tq2_0
      case .mxfp4: .mxfp4
      case .nvfp4: .nvfp4
      }
  }
}
