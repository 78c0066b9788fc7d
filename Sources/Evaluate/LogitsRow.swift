import CleaveKernels

/// The logits of one position as a distribution, softmax(logits). It is valid only as long as the
/// memory it was made from.
package struct LogitsRow {
  private let logits: UnsafeBufferPointer<Float>  // [vocabulary]
  /// The most probable token; the lowest id among equals.
  package let top: Int
  /// The natural logarithm of the sum of exp(logit).
  package let logSumExp: Double

  /// - Returns: nil if a logit is NaN or infinite.
  package init?(_ logits: UnsafeBufferPointer<Float>) {
    precondition(!logits.isEmpty)
    let summary = ck_summarize_logits(logits.baseAddress, logits.count, 1)
    guard summary.log_sum_exp.isFinite else { return nil }
    let largest = Double(summary.max)
    self.logits = logits
    top = Int(summary.argmax)
    logSumExp = largest + ck_log(ck_sum_exp(logits.baseAddress, logits.count, largest))
  }

  /// The natural logarithm of the token's probability.
  package func logProbability(of token: Int) -> Double { Double(logits[token]) - logSumExp }

  /// The Kullback-Leibler divergence KL(self || other) in nats. Both rows must have the same
  /// vocabulary.
  package func divergence(to other: LogitsRow) -> Double {
    precondition(logits.count == other.logits.count)
    return ck_divergence(
      logits.baseAddress, other.logits.baseAddress, logits.count, logSumExp, other.logSumExp)
  }
}
