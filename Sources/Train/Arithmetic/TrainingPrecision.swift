import CleaveKernels

/// How matrix products are computed in training.
package enum TrainingPrecision: String, CaseIterable, Sendable {
  /// Factors rounded to bfloat16, sums in float32: about twice as fast, on processors that have it.
  case bf16
  /// float32 throughout, by OpenBLAS.
  case float32

  /// The fastest this processor has.
  package static var best: TrainingPrecision { ck_has_bf16() != 0 ? .bf16 : .float32 }

  package var isSupported: Bool { self == .float32 || ck_has_bf16() != 0 }
}
