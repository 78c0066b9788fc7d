import Glibc

/// The Hoeffding-Bentkus p-value (Bates, Angelopoulos, Lei, Malik & Jordan, arXiv 2101.02703; as a p-value,
/// arXiv 2110.01052).
enum HoeffdingBentkus {
  /// The p-value min(exp(-n h(min(R, risk), risk)), e P(Bin(n, risk) <= ceil(n R))), R being the mean loss.
  static func pValue(_ losses: [Double], risk: Double) -> Double {
    let sum = ExactSum(losses)
    let mean = min(max(sum.value / Double(losses.count), 0), 1)
    let count = Binomial(count: losses.count, probability: risk)
    return min(
      1, hoeffding(min(mean, risk), risk, losses.count), M_E * count.cumulative(sum.roundedUp))
  }

  /// The bound exp(-n h), h being the divergence of a Bernoulli distribution of `mean` from one of `risk`.
  private static func hoeffding(_ mean: Double, _ risk: Double, _ count: Int) -> Double {
    guard mean > 0 else { return pow(1 - risk, Double(count)) }
    let hit = mean * log(mean / risk)
    let miss = mean < 1 ? (1 - mean) * log((1 - mean) / (1 - risk)) : 0
    return exp(-Double(count) * (hit + miss))
  }
}
