import CleaveKernels

/// What confidence needs to know of logits, found in one pass.
public struct LogitsSummary: Equatable, Sendable {
  /// The most probable token; the lowest id among equals.
  public let token: Int
  /// Its probability under softmax(logits / temperature).
  public let maxProbability: Float

  /// - Parameter logits: `[vocabulary]`, not empty.
  init(_ logits: [Float], temperature: Float = 1) {
    precondition(!logits.isEmpty && temperature > 0)
    let summary = ck_summarize_logits(logits, logits.count, temperature)
    token = Int(summary.argmax)
    maxProbability = VectorKernels.exponentials([summary.max - summary.log_sum_exp])[0]
  }
}

extension VectorKernels {
  static func exponentials(_ values: [Float]) -> [Float] {
    [Float](unsafeUninitializedCapacity: values.count) { buffer, count in
      ck_exp(values, buffer.baseAddress, values.count)
      count = values.count
    }
  }
}
