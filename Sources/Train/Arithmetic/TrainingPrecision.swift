import CleaveKernels

/// The precision of matrix products in training.
package enum TrainingPrecision: String, CaseIterable, Sendable {
  /// Factors are rounded to bfloat16 and summed in float32: about twice as fast, on processors with
  /// instructions for it.
  case bf16
  /// Products are float32 throughout, by OpenBLAS.
  case float32

  /// The fastest precision of this processor.
  package static var best: TrainingPrecision { ck_has_bf16() != 0 ? .bf16 : .float32 }

  package var isSupported: Bool { self == .float32 || ck_has_bf16() != 0 }
}
