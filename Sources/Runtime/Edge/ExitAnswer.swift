import CleaveModel

/// The answer of one exit after a prefix, with its confidence by every signal.
package struct ExitAnswer: Equatable, Sendable {
  /// The most probable token.
  package let token: Int
  /// Its probability under p = softmax(logits / temperature).
  package let maxProbability: Float
  /// The largest probability less the second, under p.
  package let margin: Float
  /// The entropy confidence 1 - H(p) / log(vocabulary).
  package let entropyConfidence: Float
  /// The largest probability at temperature 1.
  package let plainMaxProbability: Float

  package init(
    token: Int, maxProbability: Float, margin: Float, entropyConfidence: Float,
    plainMaxProbability: Float
  ) {
    self.token = token
    self.maxProbability = maxProbability
    self.margin = margin
    self.entropyConfidence = entropyConfidence
    self.plainMaxProbability = plainMaxProbability
  }

  init(_ signals: LogitsSignals) {
    self.init(
      token: signals.summary.token, maxProbability: signals.summary.maxProbability,
      margin: signals.summary.margin, entropyConfidence: signals.entropyConfidence,
      plainMaxProbability: signals.plain.maxProbability)
  }

  /// The confidence by a signal, which a threshold is compared with.
  package func confidence(_ signal: ExitRecord.Signal) -> Float {
    switch signal {
    case .maxProbability: maxProbability
    case .margin: margin
    case .entropy: entropyConfidence
    }
  }
}
