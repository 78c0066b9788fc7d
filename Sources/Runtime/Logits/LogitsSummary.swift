import CleaveKernels
import CleaveStorage

/// What confidence needs to know of logits, found in one pass.
package struct LogitsSummary: Equatable, Sendable {
  /// The most probable token; the lowest id among equals.
  package let token: Int
  /// Its probability under softmax(logits / temperature).
  package let maxProbability: Float
  /// That less the probability of the second most probable, from 0 to 1.
  package let margin: Float
  /// The largest logit, after division by the temperature.
  private let largest: Float

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
    largest = summary.max
    maxProbability = VectorKernels.exponential(summary.max - summary.log_sum_exp)
    let second = VectorKernels.exponential(summary.second - summary.log_sum_exp)
    margin = min(1, max(0, maxProbability - second))
  }

  /// - Parameter logits: `[vocabulary]`, not empty.
  init(_ logits: [Float], temperature: Float = 1) throws {
    precondition(!logits.isEmpty && temperature > 0)
    try self.init(ck_summarize_logits(logits, logits.count, temperature))
  }

  /// The confidence that the entropy H of p = softmax(logits / temperature) gives: 1 - H / log(vocabulary).
  /// Another sweep over the logits, for those who want it.
  ///
  /// - Parameter logits: those that this is the summary of, at this temperature: `[vocabulary]`.
  func entropyConfidence(_ logits: [Float], temperature: Float) -> Float {
    Self.entropyConfidence(
      entropy: ck_entropy(logits, logits.count, temperature, largest), vocabulary: logits.count)
  }

  /// From 0, of an even distribution, to 1; always 1 where there is but one token.
  static func entropyConfidence(entropy: Float, vocabulary: Int) -> Float {
    guard vocabulary > 1 else { return 1 }
    return min(1, max(0, Float(1 - Double(entropy) / ck_log(Double(vocabulary)))))
  }
}
