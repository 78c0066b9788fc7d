import CleaveModel

extension [CalibrationEvidence.Exit.Bin] {
  var tokens: Int { reduce(0) { $0 + $1.tokens } }

  /// Expected calibration error (Guo et al., arXiv 1706.04599): how far the confidence of a bin is from the
  /// share of it that is right, the mean over tokens. 0 without tokens.
  var calibrationError: Double {
    let total = Double(tokens)
    guard total > 0 else { return 0 }
    return reduce(0) { $0 + (Double($1.right) - $1.confidence * Double($1.tokens)).magnitude }
      / total
  }
}
