import CleaveKernels

/// What confidence needs to know of logits, found in one pass.
public struct LogitsSummary: Equatable, Sendable {
  /// The most probable token; the lowest id among equals.
  public let token: Int
  /// Its probability under softmax(logits / temperature).
  public let maxProbability: Float

  init(_ summary: ck_logits_summary) {
    token = Int(summary.argmax)
    maxProbability = VectorKernels.exponential(summary.max - summary.log_sum_exp)
  }

  /// - Parameter logits: `[vocabulary]`, not empty.
  init(_ logits: [Float], temperature: Float = 1) {
    precondition(!logits.isEmpty && temperature > 0)
    self.init(ck_summarize_logits(logits, logits.count, temperature))
  }
}
