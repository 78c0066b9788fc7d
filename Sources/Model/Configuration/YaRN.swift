import CleaveStorage
import Glibc

/// Rotary frequencies of which the fast ones stay, the slow ones are divided by a factor, and those between are mixed
/// (YaRN, Peng et al., arXiv 2309.00071).
package struct YaRN: Equatable, Sendable {
  package var factor: Double
  /// The numbers of turns within the original context from which on a pair stays, and below which it is divided.
  package var betaFast: Double
  package var betaSlow: Double
  /// The longest context before the extension.
  package var originalContext: Int
  /// The factor that cosines and sines are multiplied by.
  package var attentionFactor: Float
  /// Whether the bounds between the two kinds of pairs are rounded outwards to whole pairs.
  package var truncates = true

  package init(
    factor: Double, betaFast: Double = 32, betaSlow: Double = 1, originalContext: Int,
    attentionFactor: Float, truncates: Bool = true
  ) {
    self.factor = factor
    self.betaFast = betaFast
    self.betaSlow = betaSlow
    self.originalContext = originalContext
    self.attentionFactor = attentionFactor
    self.truncates = truncates
  }

  /// The factor of cosines and sines that goes with a factor of the context: 0.1 ln(factor) + 1, the logarithm
  /// multiplied by `scale`.
  package static func attentionFactor(of factor: Double, scale: Double = 1) -> Double {
    factor <= 1 ? 1 : 0.1 * scale * log(factor) + 1
  }

  /// The frequency of each pair, in float32 as the reference implementation computes it.
  ///
  /// - Parameter bases: the base to the power of each pair's share, the reciprocals of plain frequencies.
  func frequencies(_ bases: [Float], theta: Double) -> [Float] {
    let bounds = bounds(pairs: bases.count, theta: theta)
    let low = Float(bounds.low)
    let width = Float(bounds.high - bounds.low)
    return bases.enumerated().map { pair, base in
      let ramp = Swift.min(Swift.max((Float(pair) - low) / width, 0), 1)
      let kept = 1 - ramp
      return 1 / (Float(factor) * base) * (1 - kept) + 1 / base * kept
    }
  }

  /// The pairs between which the frequencies are mixed.
  private func bounds(pairs: Int, theta: Double) -> (low: Double, high: Double) {
    func pair(turns: Double) -> Double {
      Double(2 * pairs) * log(Double(originalContext) / (turns * 2 * Double.pi)) / (2 * log(theta))
    }
    var (low, high) = (pair(turns: betaFast), pair(turns: betaSlow))
    if truncates { (low, high) = (low.rounded(.down), high.rounded(.up)) }
    low = Swift.max(low, 0)
    high = Swift.min(high, Double(2 * pairs - 1))
    return (low, low == high ? high + 0.001 : high)
  }
}

extension YaRN {
  private static let members = [
    "kind", "factor", "beta_fast", "beta_slow", "original_context", "attention_factor", "truncates",
  ]

  init(_ node: JSONNode) throws {
    try node.allow(only: Self.members)
    factor = try node.required("factor").positiveNumber()
    betaFast = try node.required("beta_fast").positiveNumber()
    betaSlow = try node.required("beta_slow").positiveNumber()
    originalContext = try node.required("original_context").int(in: 1...(1 << 30))
    attentionFactor = Float(try node.required("attention_factor").positiveNumber())
    truncates = try node.required("truncates").bool()
  }

  var json: JSON {
    [
      "kind": "yarn", "factor": .real(factor), "beta_fast": .real(betaFast),
      "beta_slow": .real(betaSlow), "original_context": .integer(Int64(originalContext)),
      "attention_factor": .real(Double(attentionFactor.description) ?? Double(attentionFactor)),
      "truncates": .bool(truncates),
    ]
  }
}
