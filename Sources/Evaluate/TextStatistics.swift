import CleaveStorage
import Glibc

/// A model's prediction quality on a text.
package struct TextStatistics: Equatable, Sendable {
  /// exp of the mean negative log probability of the scored tokens.
  package let perplexity: Estimate
  /// The mean negative log probability of the scored tokens, in nats.
  package let negativeLogLikelihood: Estimate

  /// - Parameter logProbabilities: the log probabilities of each window's scored tokens.
  init(_ logProbabilities: [[Double]]) {
    let mean = Estimate(overWindows: logProbabilities.map { -$0.mean })
    negativeLogLikelihood = mean
    perplexity = mean.mapped(value: exp(mean.value), slope: exp(mean.value))
  }

  var json: JSON {
    ["perplexity": perplexity.json, "negative_log_likelihood": negativeLogLikelihood.json]
  }
}

/// The differences between a model and a reference on a text, with the same definitions as
/// llama.cpp's --kl-divergence.
package struct ReferenceStatistics: Equatable, Sendable {
  /// The reference's prediction quality on the text.
  package let reference: TextStatistics
  /// ln(perplexity of the model / perplexity of the reference).
  package let logPerplexityRatio: Estimate
  /// KL(reference || model) per token, in nats.
  package let divergence: Estimate
  package let medianDivergence: Double
  package let divergence99: Double
  package let largestDivergence: Double
  /// The share of positions at which both have the same most probable token.
  package let topAgreement: Estimate
  /// The root mean square of the difference in the probability of the text's token.
  package let probabilityChange: Estimate

  /// - Returns: nil if the scores were made without a reference.
  init?(_ windows: [WindowScores]) {
    let tokens = windows.map(\.tokens)
    let pairs = tokens.map { $0.compactMap { score in score.comparison.map { (score, $0) } } }
    guard !pairs.isEmpty, zip(tokens, pairs).allSatisfy({ $0.count == $1.count }) else {
      return nil
    }
    func estimate(_ value: (TokenScore, TokenScore.Comparison) -> Double) -> Estimate {
      Estimate(overWindows: pairs.map { $0.map(value).mean })
    }
    reference = TextStatistics(pairs.map { $0.map { $1.logProbability } })
    logPerplexityRatio = estimate { $1.logProbability - $0.logProbability }
    divergence = estimate { $1.divergence }
    let sorted = pairs.flatMap { $0.map { $1.divergence } }.sorted()
    medianDivergence = quantile(0.5, ofSorted: sorted)
    divergence99 = quantile(0.99, ofSorted: sorted)
    largestDivergence = sorted[sorted.count - 1]
    topAgreement = estimate { $1.sameTop ? 1 : 0 }
    let square = estimate { score, _ in
      (score.probabilityChange ?? 0) * (score.probabilityChange ?? 0)
    }
    let root = square.value.squareRoot()
    probabilityChange = square.mapped(value: root, slope: root > 0 ? 1 / (2 * root) : 0)
  }

  var json: JSON {
    [
      "perplexity": reference.perplexity.json,
      "negative_log_likelihood": reference.negativeLogLikelihood.json,
      "log_perplexity_ratio": logPerplexityRatio.json,
      "divergence": divergence.json,
      "divergence_median": .real(medianDivergence),
      "divergence_99_percent": .real(divergence99),
      "divergence_largest": .real(largestDivergence),
      "top_agreement": topAgreement.json,
      "probability_change_rms": probabilityChange.json,
    ]
  }
}

extension [Double] {
  fileprivate var mean: Double { reduce(0, +) / Double(count) }
}
