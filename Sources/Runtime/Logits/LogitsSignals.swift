import CleaveKernels
import CleaveStorage

/// What the confidence of an exit may be measured by, of one vector of logits.
struct LogitsSignals {
  /// The summary at the exit's temperature.
  let summary: LogitsSummary
  /// 1 - H(p) / log(vocabulary) for p = softmax(logits / temperature), H its entropy.
  let entropyConfidence: Float
  /// The summary at temperature 1.
  let plain: LogitsSummary

  /// - Throws: `InputError` when the logits are no distribution.
  init(_ signals: ck_signals, _ head: OutputHead) throws(InputError) {
    summary = try LogitsSummary(signals.summary).naming(head)
    plain = try LogitsSummary(signals.plain).naming(head)
    entropyConfidence = LogitsSummary.entropyConfidence(
      entropy: signals.entropy, vocabulary: head.rows)
  }
}
