/// The expected calibration error (Naeini et al. 2015; Guo et al., arXiv 1706.04599): the mean over tokens of the
/// difference between the mean confidence in their bin and the share of right tokens in it.
package enum CalibrationError {
  /// The number of bins of equal width from 0 to 1. A confidence on an edge belongs to the bin above.
  package static let bins = 15

  /// - Parameter answers: at least one.
  package static func expected(_ answers: [(confidence: Float, isRight: Bool)]) -> Double {
    precondition(!answers.isEmpty)
    var sums = Array(repeating: (confidence: 0.0, right: 0.0), count: bins)
    for (confidence, isRight) in answers {
      let bin = min(bins - 1, max(0, Int(Double(confidence) * Double(bins))))
      sums[bin].confidence += Double(confidence)
      if isRight { sums[bin].right += 1 }
    }
    // In a bin of n tokens, n / N times |right / n - confidence / n|.
    return sums.reduce(0) { $0 + abs($1.right - $1.confidence) } / Double(answers.count)
  }
}
