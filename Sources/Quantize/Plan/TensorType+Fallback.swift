import CleaveStorage

extension TensorType {
  /// A type with blocks of 32 that is at least as precise: the same number of codes, and float16
  /// scales where the K type has 6-bit scales. Nil for types with blocks of 32 or less.
  var smallBlockFallback: TensorType? {
    switch self {
    case .q2_K, .q3_K: .q4_0
    case .q4_K: .q4_1
    case .q5_K: .q5_1
    case .q6_K: .q8_0
    default: nil
    }
  }

  /// The type to use for rows of `rowElements` elements: this type, its fallback with blocks of 32,
  /// or a 16-bit float.
  ///
  /// - Parameter source: the tensor's own type, kept if it is a 16-bit float, because that loses
  ///   nothing.
  func fitting(rowElements: Int, source: TensorType) -> TensorType {
    if rowElements % blockElements == 0 { return self }
    if let fallback = smallBlockFallback, rowElements % fallback.blockElements == 0 {
      return fallback
    }
    return source == .bf16 ? .bf16 : .f16
  }
}
