import CleaveKernels
import CleaveModel

/// What confidence needs to know of logits, found in one pass.
public struct LogitsSummary: Equatable, Sendable {
  /// The most probable token; the lowest id among equals.
  public let token: Int
  /// Its probability under softmax(logits / temperature).
  public let maxProbability: Float

  /// - Throws: `InputError` when the logits are no distribution: the model has overflowed, and no token
  ///   can be told from another.
  init(_ summary: ck_logits_summary) throws {
    guard summary.log_sum_exp.isFinite else {
      throw InputError(
        file: "logits", found: "numbers that are not finite", expected: "a distribution",
        advice:
          "The model overflows: try --kv-cache f32; if that does not help, its weights are bad.")
    }
    token = Int(summary.argmax)
    maxProbability = VectorKernels.exponential(summary.max - summary.log_sum_exp)
  }

  /// - Parameter logits: `[vocabulary]`, not empty.
  init(_ logits: [Float], temperature: Float = 1) throws {
    precondition(!logits.isEmpty && temperature > 0)
    try self.init(ck_summarize_logits(logits, logits.count, temperature))
  }
}
