import Glibc

/// Bets against "the expected loss is at least `risk`" (Waudby-Smith & Ramdas, arXiv 2010.09686):
/// wealth K_t = prod (1 - v_i (L_i - risk)), where v_i is chosen before L_i is seen. It is expected not
/// to grow if the hypothesis holds, so that it ever comes to 1/p with probability at most p (Ville).
struct Betting {
  /// One bet for each loss, in 0...1. That is below 1 / (1 - risk), so that the wealth stays positive.
  let bets: [Double]

  /// The p-value 1 / max_t K_t, at most 1.
  func pValue(_ losses: [Double], risk: Double) -> Double {
    // In logarithms: the wealth itself overflows after some thousands of prompts.
    var (wealth, most) = (0.0, 0.0)
    for (loss, bet) in zip(losses, bets) {
      wealth += log1p(-bet * (loss - risk))
      most = max(most, wealth)
    }
    return exp(-most)
  }
}

extension Betting {
  /// Bets whose wealth reaches 1 / `delta` soonest where the test is about to pass (their section 3.2):
  /// v_i = min(1, sqrt(2 ln(1 / delta) / (n s^2))), s^2 the variance of the losses before and of the prior,
  /// a quarter being one more term.
  ///
  /// They do not depend on the risk they are against, so that the p-value falls as it rises: `UpperBound`
  /// needs that. The Kelly bets against one risk reached less of it along a path: 0.68 of the promise
  /// for 0.75 (losses of 0 and 1, 400 prompts, promise 0.1), 0.90 for 0.91 (shares of 20 tokens).
  init(on losses: [Double], prior: [Double], delta: Double) {
    var (count, mean, squares) = (0.0, 0.5, 0.25)
    func add(_ loss: Double) {
      count += 1
      mean += (loss - mean) / (count + 1)
      squares += (loss - mean) * (loss - mean)
    }
    prior.forEach(add)
    let goal = 2 * log(1 / delta) / Double(losses.count)
    bets = losses.map { loss in
      defer { add(loss) }
      return min(1, (goal * (count + 1) / squares).squareRoot())
    }
  }
}
