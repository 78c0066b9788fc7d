import CleaveStorage

extension TensorType {
  /// The type of blocks of 32 that holds at least as much: as many codes, and scales of float16 where
  /// the K type has 6 bits for them. nil for types that need none.
  var smallBlockFallback: TensorType? {
    switch self {
    case .q2_K, .q3_K: .q4_0
    case .q4_K: .q4_1
    case .q5_K: .q5_1
    case .q6_K: .q8_0
    default: nil
    }
  }

  /// What rows of that many elements can have instead of this type: itself, its fallback in blocks of
  /// 32, or a 16-bit float.
  ///
  /// - Parameter source: the tensor's own type, kept when it is such a float: nothing is lost then.
  func fitting(rowElements: Int, source: TensorType) -> TensorType {
    if rowElements % blockElements == 0 { return self }
    if let fallback = smallBlockFallback, rowElements % fallback.blockElements == 0 {
      return fallback
    }
    return source == .bf16 ? .bf16 : .f16
  }
}

extension TensorType {
  /// The type of that name, in any case.
  package init?(named name: String) {
    let type = Self.allCases.first { $0.rawValue.lowercased() == name.lowercased() }
    guard let type else { return nil }
    self = type
  }
}
