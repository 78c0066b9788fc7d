import CleaveModel

extension [CalibrationEvidence.Exit.Bin] {
  var tokens: Int { reduce(0) { $0 + $1.tokens } }

  /// The expected calibration error (Guo et al., arXiv 1706.04599): the difference between the
  /// confidence of a bin and the share of its answers that are right, averaged over tokens. 0
  /// without tokens.
  var calibrationError: Double {
    let total = Double(tokens)
    guard total > 0 else { return 0 }
    return reduce(0) { $0 + (Double($1.right) - $1.confidence * Double($1.tokens)).magnitude }
      / total
  }
}
