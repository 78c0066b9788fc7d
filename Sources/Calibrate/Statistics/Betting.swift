import Glibc

/// Bets against "the expected loss is at least `risk`" (Waudby-Smith & Ramdas, arXiv 2010.09686):
/// wealth K_t = prod (1 - v_i (L_i - risk)), where v_i is chosen before L_i is seen. It is expected not
/// to grow if the hypothesis holds, so that it ever comes to 1/p with probability at most p (Ville).
struct Betting {
  /// One for each loss, in 0 ..< 1 / (1 - risk).
  let bets: [Double]

  /// 1 / max_t K_t, at most 1.
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
  /// The bets that would have made most of the losses seen: each maximises the mean of
  /// log(1 - v (L - risk)) over the prior, the losses before it, and 1 / risk imagined ones of mean
  /// risk / 2, half a one of them a loss of 1. Those keep the wealth positive, and begin where nothing is
  /// known with half of the largest bet.
  ///
  /// A bet is thought over again when the losses seen have grown by a tenth: 20,000 prompts need 90 bets.
  init(kelly losses: [Double], prior: [Double], risk: Double) {
    var seen = prior
    seen.reserveCapacity(prior.count + losses.count)
    var bets: [Double] = []
    bets.reserveCapacity(losses.count)
    var next = 0
    for (index, loss) in losses.enumerated() {
      if index == next {
        bets.append(Self.best(seen, risk: risk))
        next = index + 1 + index / 10
      } else {
        bets.append(bets[index - 1])
      }
      seen.append(loss)
    }
    self.bets = bets
  }

  /// The maximum, to 2^-36 of the largest bet, by bisection: the derivative falls from 0 to that bet.
  private static func best(_ losses: [Double], risk: Double) -> Double {
    func slope(_ bet: Double) -> Double {
      let imagined =
        (1 / risk - 0.5) * risk / (1 + bet * risk) - 0.5 * (1 - risk) / (1 - bet * (1 - risk))
      return losses.reduce(imagined) { $0 + (risk - $1) / (1 - bet * ($1 - risk)) }
    }
    guard slope(0) > 0 else { return 0 }
    var (low, high) = (0.0, 1 / (1 - risk))
    for _ in 0..<36 {
      let middle = (low + high) / 2
      if slope(middle) > 0 { low = middle } else { high = middle }
    }
    return low
  }

  /// Bets that do not depend on the risk they are against, so that the p-value falls as it rises: what
  /// `UpperBound` needs. v_i = min(1, sqrt(2 ln(1 / delta) / (n s^2))), s^2 the variance of the losses
  /// before and of the prior, a quarter being one more term (their section 3.2).
  init(steady losses: [Double], prior: [Double], delta: Double) {
    var (count, mean, squares) = (0.0, 0.5, 0.25)
    func add(_ loss: Double) {
      count += 1
      let before = mean
      mean += (loss - before) / (count + 1)
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
