import CleaveKernels
import CleaveStorage

/// The most probable token of a vector of logits, and the probabilities that confidence is measured by.
package struct LogitsSummary: Equatable, Sendable {
  /// The most probable token; the one of the lowest index among equals.
  package private(set) var token: Int
  /// The token's probability under softmax(logits / temperature).
  package let maxProbability: Float
  /// The largest probability minus the second largest, from 0 to 1.
  package let margin: Float
  /// The largest logit, after division by the temperature.
  private let largest: Float

  /// - Throws: `InputError` when the logits are no distribution: the model has overflowed, and no token
  ///   can be told from another.
  init(_ summary: ck_logits_summary) throws(InputError) {
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

  /// The summary with the token whose logit stands at the index that was found.
  func naming(_ head: OutputHead) -> LogitsSummary {
    var summary = self
    summary.token = head.token(at: token)
    return summary
  }

  /// - Parameter logits: `[vocabulary]`, not empty.
  init(_ logits: [Float], temperature: Float = 1) throws(InputError) {
    precondition(!logits.isEmpty && temperature > 0)
    try self.init(ck_summarize_logits(logits, logits.count, temperature))
  }

  /// The confidence by the entropy H of p = softmax(logits / temperature) gives: 1 - H / log(vocabulary).
  /// It takes another pass over the logits.
  ///
  /// - Parameter logits: `[vocabulary]`, the ones that this is the summary of at this temperature.
  func entropyConfidence(_ logits: [Float], temperature: Float) -> Float {
    Self.entropyConfidence(
      entropy: ck_entropy(logits, logits.count, temperature, largest), vocabulary: logits.count)
  }

  /// The confidence 1 - H / log(vocabulary): 0 for an even distribution, 1 for certainty or a vocabulary of one.
  static func entropyConfidence(entropy: Float, vocabulary: Int) -> Float {
    guard vocabulary > 1 else { return 1 }
    return min(1, max(0, Float(1 - Double(entropy) / ck_log(Double(vocabulary)))))
  }
}
